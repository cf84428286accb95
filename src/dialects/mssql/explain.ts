import type { Explained } from '../dialect.js';
import { isLost, numberIn } from '../explain.js';

/** A permission on an object, on a column, or in a database: sys.messages. */
const denied: readonly number[] = [229, 230, 262];

/** The driver has no codes of its own for a session that is gone. */
export function explain(error: unknown): Explained {
  const line = numberIn(error, 'lineNumber');
  return {
    isLost: isLost(error),
    isDenied: denied.includes(numberIn(error, 'number') ?? 0),
    ...(line !== undefined && { line }),
  };
}
