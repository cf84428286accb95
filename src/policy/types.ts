/**
 * The language of policies: plain data that says which rows are dead. It is compiled to every dialect's SQL and
 * evaluated in memory, so a rule is written once. Table and column names stand in upper case, as the vendor's
 * documentation has them; the live schema decides their real spelling.
 */

/** Names of the instants a rule may compare with; a policy declares how each is derived. */
export type CutOffName = string;

/** Pairs of [column of the other table, our column]. */
export type On = readonly (readonly [string, string])[];

/** What whole numbers since 1970, in UTC, are counted in. */
export type EpochUnit = 'milliseconds' | 'nanoseconds';

/** `finite` is a validity that ends: not NULL, above 0, below the product's own "never expires" mark. */
export type Predicate =
  | { readonly kind: 'all'; readonly of: readonly Predicate[] }
  | { readonly kind: 'any'; readonly of: readonly Predicate[] }
  /** Exact, case-sensitive comparison with words, whatever the column's collation. */
  | { readonly kind: 'oneOf'; readonly column: string; readonly words: readonly string[] }
  /** A path that is this folder or lies below it; exact like `oneOf`. */
  | { readonly kind: 'beneath'; readonly column: string; readonly folder: string }
  /** Text that holds these letters one after the other; exact like `oneOf`. */
  | { readonly kind: 'contains'; readonly column: string; readonly text: string }
  /** One of the words of a list parameter; exact like `oneOf`. A value that is no list of words has none. */
  | { readonly kind: 'listed'; readonly column: string; readonly parameter: string }
  | { readonly kind: 'equals'; readonly column: string; readonly value: number }
  | { readonly kind: 'isNull'; readonly column: string }
  | { readonly kind: 'isNotNull'; readonly column: string }
  | { readonly kind: 'moreThan'; readonly column: string; readonly value: number }
  | { readonly kind: 'atMost'; readonly column: string; readonly value: number }
  | { readonly kind: 'finite'; readonly column: string }
  /** `stamp + period` lies before the cut-off; compared as an age, since adding to data overflows. */
  | {
      readonly kind: 'periodOver';
      readonly stamp: string;
      readonly period: string;
      readonly unit: 'milliseconds' | 'seconds';
      readonly cutOff: CutOffName;
    }
  /** The age of the timestamp at the cut-off exceeds every period that counts for the row; NULL exceeds none. */
  | {
      readonly kind: 'outlives';
      readonly stamp: string;
      readonly periods: StatedPeriods;
      readonly cutOff: CutOffName;
    }
  | { readonly kind: 'before'; readonly column: string; readonly cutOff: CutOffName }
  /** As `before`, of whole numbers since 1970; digits in a text column count as such, any other text as NULL. */
  | { readonly kind: 'epochBefore'; readonly column: string; readonly unit: EpochUnit; readonly cutOff: CutOffName }
  /** No row of another table has these values and meets the condition. Text is found in the column's own collation. */
  | {
      readonly kind: 'noRow';
      readonly table: string;
      readonly on: On;
      readonly where?: Predicate;
      /** Text must be the same to the last character instead, as where the values name one and the same thing. */
      readonly exactly?: true;
      /** The table, or the compared columns, are missing in some versions; no such row is there then. */
      readonly ifThere?: true;
      /** Such rows only leave: once none is there, none comes, so none needs a lock. */
      readonly onlyLeave?: true;
    }
  /** A row of another table has exactly these values and meets the condition. */
  | {
      readonly kind: 'someRow';
      readonly table: string;
      readonly on: On;
      readonly where?: Predicate;
      /** Text is found in the column's own collation instead, as a foreign key finds it. */
      readonly byCollation?: true;
    }
  /**
   * Another row of the same table, its witness, has the same values in `by`, to the last character, and a larger `order`;
   * never holds if one of `by` is NULL. `order` is part of the table's key, and so is found by it: the row is deleted only
   * if its witness is there when it goes.
   */
  | { readonly kind: 'superseded'; readonly by: readonly string[]; readonly order: string }
  /**
   * No other row of the same table has the same values in `by`, as earlier steps left it; never holds if one of `by` is
   * NULL. It only delays a delete: a row that is dead by the rest of its rule waits until it is the last of its kind.
   */
  | { readonly kind: 'alone'; readonly by: readonly string[] }
  /** An earlier run saw these values in a row for which the step's guard held, before the cut-off. */
  | { readonly kind: 'sighted'; readonly columns: readonly string[]; readonly cutOff: CutOffName }
  /** The one rule where the live table has the column, the other where a version of the product lacks it. */
  | { readonly kind: 'hasColumn'; readonly column: string; readonly then: Predicate; readonly otherwise: Predicate }
  /** The rule does not hold, or nobody can tell. */
  | { readonly kind: 'unless'; readonly rule: Predicate }
  /** A yes/no parameter of the policy is switched on. */
  | { readonly kind: 'enabled'; readonly parameter: string };

/**
 * Periods that rows of another table state as text, each under a name. Up to 18 digits are a period; any other text, such
 * as a negative number, means for ever.
 */
export interface StatedPeriods {
  readonly table: string;
  /** Which of its rows state one. */
  readonly where: Predicate;
  /** The column with the name, and the one with the period. */
  readonly name: string;
  readonly period: string;
  readonly unit: 'minutes';
  /**
   * A pair of [column of the other table, our column]: those of the row's own group count, and under a name that its
   * group does not state those of every other group, since it may inherit them. Without it, all count.
   */
  readonly group?: readonly [string, string];
}

/** Why a row is dead; the name is counted in the run log. */
export interface Reason {
  readonly name: string;
  /** One phrase for the reader of the SQL and of the backlog. */
  readonly meaning: string;
  readonly when: Predicate;
  /** A column that some versions lack; there is no such reason then, and no row is dead by it. */
  readonly ifColumn?: string;
}

export type UnitOfTime = 'milliseconds' | 'seconds' | 'minutes' | 'hours' | 'days';
export type UnitOfAmount = 'blocks' | 'megabytes' | 'percent' | 'requests' | 'rows' | 'sessions' | 'transactions';

export interface NumberParameter {
  readonly kind: 'number';
  readonly name: string;
  readonly unit: UnitOfTime | UnitOfAmount;
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly description: string;
}

export interface WordParameter {
  readonly kind: 'word';
  readonly name: string;
  readonly default: string;
  readonly allowed: readonly string[];
  readonly description: string;
}

/** Any number of words with commas between, or `(none)`. */
export interface ListParameter {
  readonly kind: 'list';
  readonly name: string;
  readonly default: string;
  readonly description: string;
}

export type Parameter = NumberParameter | WordParameter | ListParameter;

/**
 * The longest of the periods that rows of a table state, seconds. A row that states a negative one, or one of over a
 * hundred years, means for ever: the cut-off is then NULL, and nothing is before it.
 */
export interface LongestPeriod {
  readonly table: string;
  /** Columns of whole seconds; those that a version of the product lacks are passed over. */
  readonly columns: readonly string[];
  /** A number of hours that counts where no row states more. */
  readonly atLeast: { readonly parameter: string };
}

/**
 * The clock that wrote the times which rules compare with a cut-off. `unknown`: date and time columns of the product, the
 * wall clock of some writer in some zone, so the cut-off lies `clock_uncertainty_hours` further back. `utc`: whole numbers
 * since 1970, and what deepclean itself wrote.
 */
export type Clock = 'unknown' | 'utc';

/** An instant, computed once per run from the server's UTC, that rules compare with. */
export interface CutOff {
  readonly name: CutOffName;
  /** See `clock.ts`, which refuses a policy whose rules compare with a cut-off that was made for another clock. */
  readonly clock: Clock;
  /** How far back: a number parameter of the policy, or a fixed number of hours. */
  readonly less: { readonly parameter: string } | { readonly hours: number };
  /** And further back by this, read in every run. */
  readonly andLongest?: LongestPeriod;
  readonly meaning: string;
}

/** Rows of another table that go in the same transaction once a deleted row has left nothing that keeps them. */
export interface Follower {
  readonly table: string;
  /** Pairs of [column of the follower, column of the deleted row]. */
  readonly on: On;
  /** What must hold of the follower after the delete: that nothing keeps it. */
  readonly guard: Predicate;
  /** Name and meaning of the reason under which it is counted. */
  readonly name: string;
  readonly meaning: string;
}

/**
 * A table that logs each thing again and again, so that only the newest row of a thing counts. A row that is dead by a
 * reason takes along every row of its thing that is not newer: alone it would leave an older one as the newest.
 */
export interface History {
  /** Columns that name the thing; the table's key begins with them. */
  readonly of: readonly string[];
  /** The column that grows from row to row. */
  readonly order: string;
}

/** One table to clean. Dead is a row for which `guard` holds and at least one reason does. */
export interface Step {
  readonly table: string;
  readonly guard?: Predicate;
  readonly reasons: readonly Reason[];
  readonly history?: History;
  /** How people name a row whose key does not say it: by a path that a row of another table holds, and its own name below. */
  readonly path?: { readonly table: string; readonly on: On; readonly column: string; readonly name: string };
  /** Rows of tables that refer to this one by a live foreign key keep a row alive, instead of going with it. */
  readonly unreferenced?: true;
  readonly followers?: readonly Follower[];
  /**
   * The product's own tables that hang on this one, at any depth: their rows go with it whatever the live foreign key says.
   * A table that is not named here goes only if its key cascades or the configuration names it; else it keeps the row.
   */
  readonly children?: readonly string[];
  /** A yes/no parameter without which the step is passed over. */
  readonly enabledBy?: string;
  /** What says how old the oldest dead row is, for the backlog: a stamp, or whole numbers since 1970. */
  readonly stamp?: string | { readonly column: string; readonly unit: EpochUnit };
}

export interface Policy {
  /** `tokens`: names the procedure `cleanup_tokens` and its sibling `restore_tokens` unless configured otherwise. */
  readonly name: string;
  readonly title: string;
  readonly parameters: readonly Parameter[];
  readonly cutOffs: readonly CutOff[];
  readonly steps: readonly Step[];
}

/** The reason of rows that go only because a newer row of their history is dead. */
export const supersededReason = {
  name: 'superseded',
  meaning: 'a row that is as new or newer ended it',
};
