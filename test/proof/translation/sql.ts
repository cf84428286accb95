/**
 * The SQL that cleanups are made of, as a parser that is not ours read it, in one form for all databases: nothing but what
 * can be proven of. A reader throws where it meets more.
 */

export type Expression =
  | { readonly kind: 'column'; readonly path: readonly string[] }
  /** A number is whole. */
  | { readonly kind: 'literal'; readonly value: string | bigint | boolean | null }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Expression[] }
  | { readonly kind: 'not' | 'isNull' | 'isTrue'; readonly of: Expression }
  | { readonly kind: 'compare'; readonly by: Comparison; readonly left: Expression; readonly right: Expression }
  /** Also where both are NULL. */
  | { readonly kind: 'sameOrNull'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'case'; readonly arms: readonly Arm[]; readonly otherwise?: Expression }
  /** A function, or an operator that is no comparison. */
  | { readonly kind: 'call'; readonly name: string; readonly of: readonly Expression[] }
  | { readonly kind: 'cast'; readonly of: Expression; readonly type: string }
  | { readonly kind: 'exists' | 'scalar'; readonly query: Query }
  | { readonly kind: 'in'; readonly of: Expression; readonly query: Query }
  | Aggregate;

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

export interface Arm {
  readonly when: Expression;
  readonly result: Expression;
}

/** Over rows that the query groups, or over those beside a row; `filter` says which of them count. */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly name: string;
  readonly of: readonly Expression[];
  readonly filter?: Expression;
  readonly beside?: readonly Expression[];
}

export type Query = Select | { readonly kind: 'union'; readonly of: readonly Query[] };

export interface Select {
  readonly kind: 'select';
  readonly columns: readonly Output[];
  readonly from: readonly Source[];
  readonly where?: Expression;
}

/** A column that a query gives; all of one source if it has no value. */
export type Output =
  | { readonly name: string; readonly value: Expression }
  | { readonly name?: undefined; readonly allOf: string };

/** What FROM, JOIN or USING names, and the condition that came with it. */
export interface Source {
  readonly alias: string;
  readonly of: { readonly table: string } | { readonly query: Query };
  readonly on?: Expression;
}

export interface Insert {
  readonly kind: 'insert';
  readonly table: string;
  readonly columns: readonly string[];
  readonly query: Query;
}

export interface Delete {
  readonly kind: 'delete';
  readonly table: string;
  /** Which of the sources loses rows. */
  readonly alias: string;
  readonly from: readonly Source[];
  readonly where?: Expression;
  /** What the same statement writes into another table of each row that goes. */
  readonly copies?: Insert;
  /** The rows are found again by these columns, which were noted of them. */
  readonly byKey?: readonly string[];
}

/** What it sets is there where somebody reads it. */
export interface Update {
  readonly kind: 'update';
  readonly table: string;
  readonly alias?: string;
  readonly from?: readonly Source[];
  readonly sets?: readonly { readonly column: string; readonly value: Expression }[];
  readonly where?: Expression;
}

/** Any other statement: named, so that whoever needs it can refuse it. */
export interface Other {
  readonly kind: 'other';
  readonly what: string;
}

export interface Statement {
  /** Queries with a name, and what is done to tables beside them. */
  readonly beside: ReadonlyMap<string, Query | Insert | Delete | Update>;
  readonly does: Query | Insert | Delete | Update | Other;
}

/** One text for what is the same. */
export const asText = (found: unknown): string =>
  JSON.stringify(found, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)) ?? '';

export const sameText = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
