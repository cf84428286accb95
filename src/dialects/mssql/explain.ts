import type { Explained } from '../dialect.js';
import { isLost, numberIn } from '../explain.js';

/** The driver's codes are those of sockets. */
const lost = /^$/;

export function explain(error: unknown): Explained {
  const line = numberIn(error, 'lineNumber');
  return { isLost: isLost(error, lost), ...(line !== undefined && { line }) };
}
