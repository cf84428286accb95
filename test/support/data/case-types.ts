import type { ModelOptions } from '../model/options.js';
import type { PlacedRow } from './row-factories.js';

/** The clocks when a case is set up, microseconds, all in whole seconds. */
export interface Moment {
  readonly utcNow: bigint;
  /** The newest stamp of the case, in the wall clock that stamped its rows. */
  readonly newest: bigint;
  /** The server's own wall clock. */
  readonly serverNow: bigint;
}

/** What a database must be able to hold; where it is not, the case says nothing about it. */
export interface Needs {
  readonly tables?: readonly string[];
  /** Columns that must take NULL: `TABLE.COLUMN`. */
  readonly nullable?: readonly string[];
  /** Stamps finer than a second. */
  readonly fractions?: true;
  /** MySQL's zero date. */
  readonly zeroDates?: true;
  /** Rows whose parent is missing; foreign keys must be unchecked while they are put in. */
  readonly orphans?: true;
  /** A text that is empty and yet not NULL. */
  readonly emptyText?: true;
}

export type CaseSettings = Omit<ModelOptions, 'utcNow' | 'serverNow'>;

/** What a run uses unless a case says otherwise; the defaults of the product. */
export const defaultSettings: CaseSettings = {
  clock: 'data',
  safePeriodMinutes: 120,
  accessPeriodGrants: '(none)',
  auditPruning: false,
  auditRetentionDays: 90,
};

/** Rows in, survivors out. */
export interface ConformanceCase {
  /** A sentence: what the run does with the rows. */
  readonly name: string;
  readonly needs?: Needs;
  readonly settings?: Partial<CaseSettings>;
  /** How far the newest stamp is from UTC, minutes; a minute ago unless told. */
  readonly newestOffsetMinutes?: number;
  readonly rows: (moment: Moment) => readonly PlacedRow[];
  /** Short names (see `idOf`) of all rows left in each table that the case is about; `newest` sets the clock. */
  readonly survivors: Readonly<Record<string, readonly string[]>>;
}

/** Short for the commonest expectation. */
export const tokensLeft = (...ids: readonly string[]): Readonly<Record<string, readonly string[]>> => ({
  IDN_OAUTH2_ACCESS_TOKEN: ids,
});
