import type { Script } from '../dialect.js';

/** The clients send what stands before a line `GO`, which the server itself does not know. */
export const script: Script = {
  unwrap: (text) => text.replace(/\nGO\s*$/i, ''),
};
