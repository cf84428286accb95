import type { Edit } from './edit.js';

/** A setting that stands in a file. */
export interface Spot {
  /** Its value as text, without the blanks around it. */
  readonly value: string;
  /** The setting from its name to its value. */
  readonly from: number;
  readonly to: number;
  /** Where the value stands by itself, so that other bytes can be put in its place; absent where it does not. */
  readonly valueAt?: { readonly from: number; readonly to: number };
}

/** Something that a file says; two files that say the same have the same facts in the same order. */
export interface Fact {
  readonly path: string;
  readonly value: string;
}

/** A file of the product, with what it says and where. */
export interface Document {
  /** @throws UsageError where it cannot be told which of several counts */
  find(path: readonly string[]): Spot | undefined;
  /** Adds settings of one group that are not there yet. @throws UsageError where there is no safe place */
  add(settings: readonly Addition[]): readonly Edit[];
  readonly facts: readonly Fact[];
}

export interface Addition {
  readonly path: readonly string[];
  readonly value: boolean;
}
