import type { Expression } from '../sql.js';

/** What names stand for where an expression is read, besides columns. */
export interface Names {
  /** The only table of the query around it, which a pseudocolumn without a table is of. */
  readonly only?: string;
  /** A variable; undefined if there is none of that name. */
  variable(name: string): Expression | undefined;
  /** An element of a collection by a number, such as the one that FORALL counts; undefined if there is none of that name. */
  element(collection: string, index: Expression): Expression | undefined;
}

/** Unquoted names are kept in upper case, as the server keeps them. */
export const nameIn = (words: string): string =>
  words.startsWith('"') ? words.replaceAll('"', '') : words.toUpperCase();
