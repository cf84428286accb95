import type { Script } from '../dialect.js';

/** psql ends a statement at a semicolon outside of quotes; the server is sent what stands before it. */
export const script: Script = {
  unwrap: (text) => text.replace(/;\s*$/, ''),
};
