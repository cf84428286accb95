import type { Explained } from '../dialect.js';
import { isLost, textIn } from '../explain.js';

const lost = /^PROTOCOL_CONNECTION_LOST$/;
const denied = /_?ACCESS_DENIED(_ERROR)?$/;

/** Both servers name the line in words only: "… near 'x' at line 7". */
export function explain(error: unknown): Explained {
  const [, line] = /\bat line (\d+)/.exec(textIn(error, 'message')) ?? [];
  return {
    isLost: isLost(error, lost),
    isDenied: denied.test(textIn(error, 'code')),
    ...(line !== undefined && { line: Number(line) }),
  };
}
