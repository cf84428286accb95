import type { RunWithSteps } from '../operate/run-types.js';
import type { Judged } from './carry-out.js';
import type { CheckedTable } from './compare.js';

/** What was found out about one cleanup. */
export interface RehearsedCleanup {
  readonly policy: string;
  readonly procedure: string;
  /** The run, by its log; absent if the procedure failed before it wrote one. */
  readonly run?: RunWithSteps;
  /** What ended the run, if it was not its own decision. */
  readonly failure?: string;
  readonly runMs: number;
  /** Rows that were judged once more, in memory. */
  readonly judged: readonly Judged[];
  readonly tables: readonly CheckedTable[];
  /** How long it took to put the rows back, and whether all came; absent if nothing was there to put back. */
  readonly restore?: {
    readonly ms: number;
    readonly rows: number;
    readonly leftAlone: number;
    readonly failure?: string;
  };
  /** If it was run on a sample. */
  readonly projection?: Projection;
}

/** A table that is not as it was. */
export interface ChangedTable {
  readonly table: string;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
}

/** What was copied of a table of the live database. */
export interface SampledTable {
  readonly table: string;
  /** All rows; some, spread over its key; or only those that copied rows of other tables ask about or refer to. */
  readonly how: 'whole' | 'spread' | 'asked';
  readonly rows: number;
  /** How many it has there: all that were copied, or as the server's statistics have it; absent if they say nothing. */
  readonly liveRows?: number;
}

/** What a rehearsal holds of the live database. */
export interface Sample {
  /** Where it was read. */
  readonly source: string;
  /** A table that has no more rows was copied whole. */
  readonly rowsAsked: number;
  readonly tables: readonly SampledTable[];
  /** Tables that no cleanup looks at: their rows were not read. */
  readonly empty: readonly string[];
  readonly secrets: 'stand-ins' | 'copied';
  /** Columns that may hold secrets, and were copied all the same: there is no stand-in of their type. */
  readonly withoutStandIn: readonly string[];
  /** Tables of which not all rows were copied that rules ask about, and why. */
  readonly cut: readonly string[];
}

/** What a run would be in the live database, if its rows are as those of the sample. */
export interface Projection {
  /** Rows of the tables that lose some, and how many of them. */
  readonly liveRows: number;
  readonly deleted: number;
  readonly bytesKept: number;
  /** Absent if too little was deleted here to tell how fast it is. */
  readonly ms?: number;
  /** Tables of which nobody knows how many rows they have there; they are not counted. */
  readonly unknown: readonly string[];
}

export interface Rehearsal {
  /** The server that it was done on, in its own words. */
  readonly server: string;
  /** Where the schema was read. */
  readonly source: string;
  /** Statements of the dump that were passed over. */
  readonly passedOver: readonly string[];
  readonly tables: number;
  readonly rows: number;
  readonly bytes: number;
  readonly cleanups: readonly RehearsedCleanup[];
  /** Cleanups that have nothing to do in this schema, and why. */
  readonly absent: readonly { readonly policy: string; readonly why: string }[];
  /** Tables that are not as before after everything was restored, each row of each table compared. */
  readonly changed: readonly ChangedTable[];
  /** Whether after the uninstallation the schema is what it was before the installation. */
  readonly leavesNothing: boolean;
  /** If it was done on a sample of a live database. */
  readonly sample?: Sample;
}

/** Whether anything is wrong with a table after a run. */
export const isWrong = ({ liveRowsLost, isConserved }: CheckedTable): boolean =>
  liveRowsLost > 0 || isConserved === false;

/** Everything held that a rehearsal looks at. */
export const hasHeld = ({ cleanups, changed, leavesNothing }: Rehearsal): boolean =>
  leavesNothing &&
  changed.length === 0 &&
  cleanups.every(
    ({ failure, run, tables, restore }) =>
      failure === undefined &&
      run?.status === 'ended' &&
      !tables.some(isWrong) &&
      restore?.failure === undefined &&
      (restore?.leftAlone ?? 0) === 0,
  );
