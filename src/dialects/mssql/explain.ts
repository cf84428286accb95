import type { Explained } from '../dialect.js';
import { isLost, numberIn } from '../explain.js';

/** The driver has no codes of its own for a session that is gone. */
export function explain(error: unknown): Explained {
  const line = numberIn(error, 'lineNumber');
  return { isLost: isLost(error), ...(line !== undefined && { line }) };
}
