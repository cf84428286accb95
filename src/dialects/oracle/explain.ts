import type { Explained } from '../dialect.js';
import { isLost, numberIn, textIn } from '../explain.js';

/** Of a session that is closed, or was ended by the server. */
const lost = /^NJS-(003|50[01]|510|521)$/;

/** ORA-01031, and since 23ai ORA-41900, which names the privilege. */
const denied: readonly number[] = [1031, 41900];

/** A block names its line in words ("ORA-06512: at line 7", "ORA-06550: line 7"), any other statement a place. */
export function explain(error: unknown): Explained {
  const [, line] = /\b(?:at|ORA-06550:) line (\d+)/.exec(textIn(error, 'message')) ?? [];
  const offset = numberIn(error, 'offset');
  return {
    isLost: isLost(error, lost),
    isDenied: denied.includes(numberIn(error, 'errorNum') ?? 0),
    ...(line === undefined ? offset !== undefined && { offset } : { line: Number(line) }),
  };
}
