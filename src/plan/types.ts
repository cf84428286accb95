import type { CutOff, Parameter, Policy, Predicate, Step } from '../policy/types.js';
import type { Column, DeleteRule, ForeignKey, Schema, Table } from '../schema/types.js';

/** How a table is gone through, once, forward. */
export type Walk =
  /** Along a column, in ranges that are closed by value: the key's first, or that of an index where there is no key. */
  | {
      readonly kind: 'key';
      readonly column: Column;
      /** The index; the primary key unless named. */
      readonly index?: string;
    }
  /** Along the first column of the step's list; `index` leads from there to the table, where it is not the key. */
  | { readonly kind: 'list'; readonly column: Column; readonly index?: string }
  /** Along the table's blocks as they were counted when the run began. */
  | { readonly kind: 'physical' }
  /** No key to go along: the first so many dead rows, again and again. */
  | { readonly kind: 'limit' };

/** A table of deepclean's own that a run fills before it goes through a step's table. */
export interface PlannedList {
  readonly name: string;
  /**
   * `keys`: of rows that were dead by a reason, each with the run that found it; no other run reads them. `sightings`: of
   * rows for which the guard held, with the time when that was first seen; kept from run to run.
   */
  readonly content: 'keys' | 'sightings';
  readonly columns: readonly Column[];
  /** What the witness of a superseded row has in this column, one of the key. */
  readonly witness?: Column;
  /** Its own key. */
  readonly key: readonly Column[];
  /** An index of the source that answers what is put on the list, without the rows. */
  readonly coveringIndex?: string;
}

/** What is kept of deleted rows: all of them, what is no secret and hashes of what is, or nothing. */
export type BackupMode = 'deleted-rows' | 'audit' | 'none';

/** A column of a backup table. */
export interface KeptColumn extends Column {
  /** It holds a hash of this column of the source. */
  readonly hashOf?: Column;
}

export interface BackupTable {
  readonly name: string;
  readonly source: Table;
  /** What is copied: see `keptColumns`. */
  readonly columns: readonly KeptColumn[];
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

/** A table whose rows go after a deleted one, once nothing keeps them. */
export interface PlannedFollower {
  readonly table: Table;
  /** Pairs of live names: [column of the follower, column of the list]. */
  readonly on: readonly (readonly [string, string])[];
  readonly guard: Predicate;
  readonly name: string;
  readonly meaning: string;
  readonly backup: BackupTable;
}

/** A table that is not known as the product's, or whose rows keep others, and what becomes of its rows. */
export interface OtherTable {
  readonly table: string;
  /** The table that it refers to, and the cleaned one: the same, unless another stands between. */
  readonly refersTo: string;
  readonly cleaned: string;
  readonly onDelete: DeleteRule;
  readonly effect: 'keeps' | 'goes';
  /** In a sentence. */
  readonly words: string;
}

export interface PlannedStep {
  readonly table: Table;
  /** The policy's step, as it stands for this schema: with the guards that other tables' rows ask for. */
  readonly rule: Step;
  /** Its guard without those. */
  readonly ownGuard?: Predicate;
  /** Ways by which rows of other tables keep a row. */
  readonly keptBy: readonly Pick<PlannedChild, 'table' | 'path'>[];
  readonly walk: Walk;
  readonly list?: PlannedList;
  /** Deepest first: the order in which they are deleted. */
  readonly children: readonly PlannedChild[];
  readonly followers: readonly PlannedFollower[];
  readonly backup: BackupTable;
  /** Where nothing is kept: a table for the keys of the rows that a batch deletes, with all that other tables refer to. */
  readonly batchKeys?: { readonly name: string; readonly columns: readonly Column[] };
}

export interface ObjectNames {
  readonly setting: string;
  readonly run: string;
  readonly runStep: string;
  readonly runReason: string;
  readonly runError: string;
  readonly runRest: string;
  readonly runProof: string;
  readonly lock: string;
  readonly position: string;
  readonly fact: string;
  /** The register: what is installed; its procedure enters what was just made, and its view tells what the server keeps. */
  readonly object: string;
  readonly register: string;
  readonly stored: string;
  /** Who signed what is installed. */
  readonly signature: string;
  readonly backlog: string;
  readonly procedure: string;
  /** What calls the procedure such that it counts and deletes nothing; absent if a parameter of its own says so. */
  readonly dryRun?: string;
  /** What deletes one batch, and puts one back, if the procedure itself could not handle every error of it. */
  readonly batch?: string;
  readonly restoreBatch?: string;
  /** Judges what a run deleted once more, if all of it is kept. */
  readonly proof: string;
  readonly restore: string;
  readonly schedule: string;
}

export interface Plan {
  readonly policy: Policy;
  readonly schema: Schema;
  readonly names: ObjectNames;
  /** Begins the name of every support object. */
  readonly prefix: string;
  /** What a run knows stands in a row and in variables of its own, not in one variable. */
  readonly keepsRunInRow: boolean;
  /** What it was made for is written into a table when a run begins. */
  readonly keepsFactsInTable: boolean;
  /** Whose rights its procedures work with. */
  readonly procedureRights: 'caller' | 'owner' | 'chain';
  readonly backup: BackupMode;
  /** Only those that a planned step compares with. */
  readonly cutOffs: readonly CutOff[];
  readonly parameters: readonly Parameter[];
  readonly steps: readonly PlannedStep[];
  /** Every table that may lose rows, once, parents before children. */
  readonly backups: readonly BackupTable[];
  /** Tables that rules look at besides those that may lose rows. */
  readonly lookedAt: readonly Table[];
  /** Tables that are not known as the product's and refer to one that is cleaned. */
  readonly otherTables: readonly OtherTable[];
  /** Tables of the policy that are not cleaned in this schema. */
  readonly leftOut: readonly LeftOut[];
  /** Tables of which some rows stay because this version lacks a column, and why. */
  readonly withoutReason: readonly LeftOut[];
}

export interface LeftOut {
  readonly table: string;
  readonly why: string;
}
