import type { ModelOptions } from '../model/options.js';
import type { Row } from '../model/rows.js';
import type { PlacedRow } from './row-factories.js';
import type { Writer } from './writers.js';

/** The clock when a case is set up, microseconds, in whole seconds. */
export interface Moment {
  readonly utcNow: bigint;
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

export type CaseSettings = Omit<ModelOptions, 'utcNow'>;

/** What a run uses unless a case says otherwise; the defaults of the product. */
export const defaultSettings: CaseSettings = {
  clockUncertaintyHours: 12,
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
  /** Rows in true moments of UTC; a writer's clock makes stamps of them. */
  readonly rows: (moment: Moment) => readonly PlacedRow[];
  /** Who writes a row: the writer whose clock is furthest behind, unless told. */
  readonly writerOf?: (table: string, row: Row) => Writer;
  /** Short names (see `idOf`) of all rows left in each table that the case is about; `newest` was issued just now. */
  readonly survivors: Readonly<Record<string, readonly string[]>>;
}

/** Short for the commonest expectation. */
export const tokensLeft = (...ids: readonly string[]): Readonly<Record<string, readonly string[]>> => ({
  IDN_OAUTH2_ACCESS_TOKEN: ids,
});
