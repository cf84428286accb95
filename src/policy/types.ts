/**
 * The language of policies: plain data that says which rows are dead. It is compiled to every dialect's SQL and
 * evaluated in memory, so a rule is written once. Table and column names stand in upper case, as the vendor's
 * documentation has them; the live schema decides their real spelling.
 */

/** Names of the instants a rule may compare with; a policy declares how each is derived. */
export type CutOffName = string;

/** `finite` is a validity that ends: not NULL, above 0, below the product's own "never expires" mark. */
export type Predicate =
  | { readonly kind: 'all'; readonly of: readonly Predicate[] }
  | { readonly kind: 'any'; readonly of: readonly Predicate[] }
  /** Exact, case-sensitive comparison with words, whatever the column's collation. */
  | { readonly kind: 'oneOf'; readonly column: string; readonly words: readonly string[] }
  | { readonly kind: 'isNull'; readonly column: string }
  | { readonly kind: 'moreThan'; readonly column: string; readonly value: number }
  | { readonly kind: 'finite'; readonly column: string }
  /** `stamp + period` lies before the cut-off; compared as an age, since adding to data overflows. */
  | {
      readonly kind: 'periodOver';
      readonly stamp: string;
      readonly period: string;
      readonly unit: 'milliseconds' | 'seconds';
      readonly cutOff: CutOffName;
    }
  | { readonly kind: 'before'; readonly column: string; readonly cutOff: CutOffName }
  /** No row of another table has these values: pairs of [its column, our column]. */
  | { readonly kind: 'noRow'; readonly table: string; readonly on: readonly (readonly [string, string])[] }
  /** A yes/no parameter of the policy is switched on. */
  | { readonly kind: 'enabled'; readonly parameter: string };

/** Why a row is dead; the name is counted in the run log. */
export interface Reason {
  readonly name: string;
  /** One phrase for the reader of the SQL and of the backlog. */
  readonly meaning: string;
  readonly when: Predicate;
}

export interface NumberParameter {
  readonly kind: 'number';
  readonly name: string;
  readonly unit: 'minutes' | 'hours' | 'days' | 'milliseconds' | 'seconds' | 'rows' | 'blocks';
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

export type Parameter = NumberParameter | WordParameter;

/** An instant, computed once per run, that rules compare with. */
export interface CutOff {
  readonly name: CutOffName;
  /** `data`: the data's own clock (see Policy.clock); `utc`: the server's clock in UTC. */
  readonly from: 'data' | 'utc';
  /** How far back: a number parameter of the policy, or a fixed number of hours. */
  readonly less: { readonly parameter: string } | { readonly hours: number };
  readonly meaning: string;
}

/** One table to clean. Dead is a row for which `guard` holds and at least one reason does. */
export interface Step {
  readonly table: string;
  /** Columns of its key; the walk goes along them where the table is stored by key. */
  readonly key: readonly string[];
  readonly guard?: Predicate;
  readonly reasons: readonly Reason[];
  /** A yes/no parameter without which the step is passed over. */
  readonly enabledBy?: string;
  /** The stamp that says how old the oldest dead row is, for the backlog. */
  readonly stamp: string;
}

export interface Policy {
  /** `tokens`: names the procedure `cleanup_tokens` and its sibling `restore_tokens` unless configured otherwise. */
  readonly name: string;
  readonly title: string;
  /** Columns whose newest stamp is the data's own clock. */
  readonly clock: readonly { readonly table: string; readonly column: string }[];
  readonly parameters: readonly Parameter[];
  readonly cutOffs: readonly CutOff[];
  readonly steps: readonly Step[];
}
