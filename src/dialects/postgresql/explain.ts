import type { Explained } from '../dialect.js';
import { isLost, numberIn, textIn } from '../explain.js';

/** The server was stopped, has crashed, or is still starting: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const lost = /^57P0[1-3]$/;

export function explain(error: unknown): Explained {
  const position = numberIn(error, 'position');
  return {
    isLost: isLost(error, lost),
    isDenied: textIn(error, 'code') === '42501',
    ...(position !== undefined && { offset: position - 1 }),
  };
}
