import type { Script } from '../dialect.js';

/** The clients end a statement at the delimiter, which is `$$` around procedures, and send what stands before it. */
export const script: Script = {
  unwrap: (text) => text.replace(/(;|\$\$)\s*$/, ''),
};
