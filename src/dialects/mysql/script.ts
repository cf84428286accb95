import type { Script } from '../dialect.js';

/** The clients end a statement at the delimiter, which is `$$` around procedures, and send what stands before it. */
export const script: Script = {
  // The client takes a backslash for an escape between backticks as well, where the server does not.
  unsafeInNames: /\\/,
  unwrap: (text) => text.replace(/(;|\$\$)\s*$/, ''),
};
