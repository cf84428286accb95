import { keysIn } from './fields.js';

/** One value that somebody gave, before it is checked. */
export interface Entry {
  readonly path: readonly string[];
  readonly value: unknown;
  /** Where it was given: `flag --prefix`. */
  readonly origin: string;
}

/** What one source gave, and what in it could not be read. */
export interface Reading {
  readonly entries: readonly Entry[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** True where keys are expected below the path, so that a reader goes on into the value. */
export const isGroup = (path: readonly string[]): boolean => keysIn(path) !== undefined;
