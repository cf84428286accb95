import type { Statement } from '../sql.js';
import type { Node } from './tree.js';

/** What a batch may use besides its own statements. */
export interface Declared {
  readonly isCollection: (name: string) => boolean;
  /** It is set in each batch. */
  readonly isOfBatch: (name: string) => boolean;
  readonly isSetOnce: (name: string) => boolean;
  readonly procedures: ReadonlyMap<string, LocalProcedure>;
}

export interface LocalProcedure {
  readonly parameters: readonly string[];
  readonly body: Node;
}

/** What a batch does to tables, in its order, on whatever way. */
export interface Made {
  readonly listing: Statement[];
  readonly batch: Statement[];
}
