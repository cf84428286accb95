import type { CutOff, Parameter, Policy, Predicate, Reason } from '../policy/types.js';
import type { Column, ForeignKey, Schema, Table } from '../schema/types.js';

/** How a table is gone through, once, forward. */
export type Walk =
  /** Along the unique key `column`, in ranges. */
  | { readonly kind: 'key'; readonly column: Column }
  /** Along the table's blocks as they were counted when the run began. */
  | { readonly kind: 'physical' }
  /** No key to go along: the first so many dead rows, again and again. */
  | { readonly kind: 'limit' };

export interface BackupTable {
  readonly name: string;
  readonly source: Table;
  /** What is copied: every column that the server lets anybody write. */
  readonly columns: readonly Column[];
}

/** A table whose rows go with a parent's. */
export interface PlannedChild {
  readonly table: Table;
  readonly foreignKey: ForeignKey;
  /** Keys from this table up to the step's table, nearest first. */
  readonly path: readonly { readonly table: Table; readonly foreignKey: ForeignKey }[];
  /** The server deletes these rows with the parent's by itself. */
  readonly cascades: boolean;
  readonly backup: BackupTable;
}

export interface PlannedStep {
  readonly table: Table;
  readonly walk: Walk;
  readonly guard?: Predicate;
  readonly reasons: readonly Reason[];
  readonly enabledBy?: string;
  /** Live name of the stamp column. */
  readonly stamp: string;
  /** Deepest first: the order in which they are deleted. */
  readonly children: readonly PlannedChild[];
  readonly backup: BackupTable;
}

export interface ObjectNames {
  readonly setting: string;
  readonly run: string;
  readonly runStep: string;
  readonly runReason: string;
  readonly object: string;
  readonly backlog: string;
  readonly procedure: string;
  readonly restore: string;
  readonly schedule: string;
}

export interface Plan {
  readonly policy: Policy;
  readonly schema: Schema;
  readonly names: ObjectNames;
  readonly backup: 'deleted-rows' | 'none';
  readonly clock: readonly { readonly table: Table; readonly column: string }[];
  /** Only those that a planned step compares with. */
  readonly cutOffs: readonly CutOff[];
  readonly parameters: readonly Parameter[];
  readonly steps: readonly PlannedStep[];
  /** Every table that may lose rows, once, parents before children. */
  readonly backups: readonly BackupTable[];
  /** Tables of the policy that this schema lacks. */
  readonly leftOut: readonly string[];
}
