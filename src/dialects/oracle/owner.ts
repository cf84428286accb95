import { expressions } from './expressions.js';

/** The schema that is meant, as an expression: the one that is named, or the one that the session works in. */
export const ownerOf = (namespace: string | undefined): string =>
  namespace === undefined ? "SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')" : expressions.literal(storedName(namespace));

/** A name as the dictionary keeps it where it was not quoted. */
export const storedName = (name: string): string => name.toUpperCase();
