import type { Script } from '../dialect.js';

/** The clients send what stands before a line `GO`, which the server itself does not know. */
export const script: Script = {
  // sqlcmd puts the value of a variable there, in quotes or not.
  unsafeInNames: /\$\(/,
  unwrap: (text) => text.replace(/\nGO\s*$/i, ''),
};
