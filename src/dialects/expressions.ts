import type { EpochUnit } from '../policy/types.js';
import type { Column, ColumnFamily } from '../schema/types.js';

/** How the dialect says what a policy means. All pure: text in, text out. */
export interface Expressions {
  /** A name as it stands in SQL, quoted only where it must be. */
  identifier(name: string): string;
  /** Text as a literal. */
  literal(text: string): string;
  /** Exact, case-sensitive comparison of a text column with words. */
  oneOf(column: string, words: readonly string[]): string;
  /** A path is this folder or lies below it; exact like `oneOf`. */
  beneath(column: string, folder: string): string;
  /** Text that holds these letters one after the other; exact like `oneOf`. */
  contains(column: string, text: string): string;
  /**
   * Text that is one of the words of a list with commas between; exact like `oneOf`. Conditions that all must hold: none
   * does where the list is no list of words (see `listPattern`).
   */
  listed(column: string, list: string): readonly string[];
  /** A column such that values which differ in case or trailing blanks are told apart, for grouping. */
  exact(column: string, family: ColumnFamily): string;
  /** Stands for such a column where rows are sorted or grouped by it, if the server does that faster with something short. */
  short?(column: string): string;
  /** A column as it is compared with one of another table, where "=" would tell apart what is the same in another type. */
  comparable?(reference: string, column: Column, other: Column): string;
  /** The largest value of a group. */
  largest(column: string): string;
  /** A variable of a procedure. */
  variable(name: string): string;
  /** A condition, on one line, that does not hold or is unknown. */
  notTrue(condition: string): string;
  /** The statement that calls a procedure with whole numbers. */
  call(procedure: string, ...parameters: readonly number[]): string;
  /** In a procedure: that its run deletes nothing. */
  readonly isDryRun: string;
  /**
   * What one session executes so that a cleanup counts and deletes nothing, given the procedure to call: the cleanup, or
   * the one that `ObjectNames.dryRun` names.
   */
  dryRun(called: string): readonly string[];
  /** Has a statement read a table along the index that begins with a column, where it can be told so inside of it. */
  alongIndex?(alias: string, column: string): string;
  /** The same, in ascending order. */
  inOrderOfIndex?(alias: string, column: string): string;
  /** Has a statement begin with the first alias, whose rows a run may have numbered, and look up the others row by row. */
  lookUpInOrder?(aliases: readonly string[], ofRun: boolean): string;
  /** Has a subquery look up its rows for one row after another, by the index that begins with a column. */
  lookUpEach?(alias: string, column: string): string;
  /** Keys that a run notes as text, if a plain conversion would lose some of it. */
  readonly keys?: {
    asText(value: string, column: Column): string;
    ofText(text: string, column: Column): string;
    /** Before all others; absent if a walk begins without one. */
    least?(column: Column): string;
  };
  /** Joins tables in the order in which they are written, where the server can be told so. */
  readonly joinInOrder: string;
  /** Up to 18 digits of text as a whole number; NULL for any other text. */
  digits(column: string): string;
  /** An instant in UTC as numbers since 1970: whole, or seconds with their fraction. */
  epoch(instant: string, unit: EpochUnit | 'microseconds' | 'seconds'): string;
  /** The server's clock in UTC. */
  readonly utcNow: string;
  /** Behind a SELECT that reads no table. */
  readonly fromNothing: string;
  /** A text that is handed over beside the statement, by its number from 1 on, as it is compared with a column. */
  bound(number: number, column: Column): string;
  /** A text column as it is compared with words: without the blanks that fill it up, where they do not count. */
  compared?(reference: string, column: Column): string;
  /** The instant, in UTC, that whole numbers since 1970 stand for; what is below zero counts as zero. */
  fromEpoch(column: string, unit: EpochUnit): string;
  /** No instant, with the type of one. */
  readonly noInstant: string;
  /**
   * The server converts a timestamp of this column by the session's zone, on its way in and out. What it keeps is an
   * instant, and is read as such, in a session of any zone; other timestamps are read as they were written.
   */
  convertsBySession(column: Column): boolean;
  /** Such an instant is read as seconds since 1970, and compared with a cut-off in seconds. */
  readonly instantsInSeconds: boolean;
  /** A timestamp column as a date and time in UTC, as far as its writer's clock was. */
  timestamp(reference: string, column: Column): string;
  /** The timestamp lies before a cut-off. */
  timestampBefore(reference: string, column: Column, cutOff: string): string;
  /** The age of a timestamp at the cut-off exceeds the period; never adds to data, so that nothing overflows. */
  periodOver(
    reference: string,
    column: Column,
    period: string,
    unit: 'milliseconds' | 'seconds' | 'minutes',
    cutOff: string,
  ): string;
  /** An instant some units before another; `amount` is an expression of a whole number. */
  before(instant: string, amount: string, unit: 'seconds' | 'minutes' | 'hours' | 'days'): string;
  /** Two values are the same, NULL included; told of which column, also where only some types can be compared. */
  same(left: string, right: string, column?: Column): string;
  /**
   * A plain equality that two same values fulfil, and hardly any others: it lets the server match rows by hash, if `same`
   * would have it compare each with each. Undefined if there is none for the column.
   */
  alike?(left: string, right: string, column: Column): string | undefined;
  /** The statement that makes a table of what a query finds. */
  tableOf(name: string, query: string): string;
  /** A query that gives so many rows at most, given one with ORDER BY. */
  firstRows(query: string, rows: number): string;
  /** In a SELECT, a number for each row, from 1 on, in no order. */
  readonly rowNumber: string;
  /** The statements that make and remove a namespace for tables: a schema, or what comes nearest. */
  makeNamespace(name: string): string;
  dropNamespace(name: string): string;
  /** SHA-256 of the text of a column, in hexadecimal digits; NULL of NULL. ASCII, as tokens are, has the same everywhere. */
  sha256(column: string): string;
  /** The type of a column that holds one. */
  readonly hashType: string;
  /** A setting's text as a whole number. */
  wholeNumber(text: string): string;
  /** A new column able to hold the values of this one: the type with its collation. */
  columnType(column: Column): string;
  /** A variable for the values of a column, where no collation may be said. */
  variableType?(column: Column): string;
  /** A subquery behind EXISTS is run for each row; one in FROM, if it is DISTINCT, is made once and kept. */
  readonly keepsDistinct?: true;
  /** Behind a table that a rule looks at: its rows are seen as they are now, and not as they were. */
  readonly asOfNow?: string;
  /** Which family a type belongs to. */
  family(type: string): ColumnFamily;
}
