import { type History, type On, type Predicate, type StatedPeriods, type Step, supersededReason } from './types.js';

/** Validities from here on mean "never expires" in the product, milliseconds. Source: the product's own constant. */
export const neverExpiresFromMs = 99_999_999_999_990;

/** A stamp that is not NULL and names no moment all the same, such as MySQL's zero date: compared with anything, unknown. */
export const noMoment = 'no moment';

/** A cell as the evaluation sees it: text, whole number or microseconds since the epoch for a stamp, or NULL. */
export type Value = string | bigint | null;
export type Row = Readonly<Record<string, Value>>;

/** What asks for rows besides the one that is judged. */
export type Asking =
  | Extract<Predicate, { readonly kind: 'noRow' | 'someRow' | 'outlives' | 'superseded' | 'alone' }>
  | History;

/** What the rule is evaluated against. */
export interface Facts {
  /** Each cut-off in microseconds since the epoch, on the same wall clock as the stamps. */
  readonly cutOffs: Readonly<Record<string, bigint>>;
  readonly enabled: Readonly<Record<string, boolean>>;
  /** The words of each list parameter. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  /** Rows of all tables that a rule may look at, by upper-case table name, the step's own included. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  /**
   * Rows that a server found, by its own comparison, for what is asked of a row, instead of those in `tables`: with the same
   * values, the row itself included where it is of that table; for `outlives`, all that state a period.
   */
  readonly found?: (asking: Asking, row: Row) => readonly Row[];
  /** Steps that come first in a run and take rows of the same table: what they take does not count as left. */
  readonly earlier?: readonly Step[];
  /** When earlier runs first saw the values of `sighted` columns, microseconds since the epoch. */
  readonly sightings?: (columns: readonly string[], row: Row) => bigint | undefined;
}

/** SQL's three values: NULL is `null`. */
type Truth = boolean | null;

const integer = (row: Row, column: string): bigint | null => {
  const value = row[column] ?? null;
  if (value === noMoment) return null;
  if (value !== null && typeof value !== 'bigint') throw new TypeError(`${column} is no number: ${value}`);
  return value;
};

const both = (values: Truth[]): Truth => (values.includes(false) ? false : values.includes(null) ? null : true);
const either = (values: Truth[]): Truth => (values.includes(true) ? true : values.includes(null) ? null : false);

/** Evaluates a rule of a table in memory with SQL's three-valued logic. */
export function evaluate(predicate: Predicate, table: string, row: Row, facts: Facts): Truth {
  const within = (part: Predicate): Truth => evaluate(part, table, row, facts);
  switch (predicate.kind) {
    case 'all':
      return both(predicate.of.map(within));
    case 'any':
      return either(predicate.of.map(within));
    case 'hasColumn':
      return within(predicate.column in row ? predicate.then : predicate.otherwise);
    case 'oneOf': {
      const value = row[predicate.column] ?? null;
      return value === null ? null : predicate.words.includes(String(value));
    }
    case 'beneath': {
      const value = row[predicate.column] ?? null;
      return value === null ? null : `${value}/`.startsWith(`${predicate.folder}/`);
    }
    case 'contains': {
      const value = row[predicate.column] ?? null;
      return value === null ? null : String(value).includes(predicate.text);
    }
    case 'listed': {
      const value = row[predicate.column] ?? null;
      return value === null ? null : (facts.lists?.[predicate.parameter] ?? []).includes(String(value));
    }
    case 'equals': {
      const value = integer(row, predicate.column);
      return value === null ? null : value === BigInt(predicate.value);
    }
    case 'isNull':
      return (row[predicate.column] ?? null) === null;
    case 'isNotNull':
      return (row[predicate.column] ?? null) !== null;
    case 'moreThan': {
      const value = integer(row, predicate.column);
      return value === null ? null : value > BigInt(predicate.value);
    }
    case 'atMost': {
      const value = integer(row, predicate.column);
      return value === null ? null : value <= BigInt(predicate.value);
    }
    case 'finite': {
      const value = integer(row, predicate.column);
      return value === null ? null : value > 0n && value < BigInt(neverExpiresFromMs);
    }
    case 'periodOver': {
      const stamp = integer(row, predicate.stamp);
      const period = integer(row, predicate.period);
      if (stamp === null || period === null) return null;
      return cutOffOf(facts, predicate.cutOff) - stamp > period * (predicate.unit === 'seconds' ? 1_000_000n : 1_000n);
    }
    case 'outlives': {
      const stamp = integer(row, predicate.stamp);
      const counting = countingPeriods(predicate, row, facts);
      if (counting.length === 0) return true;
      if (stamp === null) return false;
      const age = cutOffOf(facts, predicate.cutOff) - stamp;
      return counting.every((minutes) => minutes !== null && age > minutes * 60_000_000n);
    }
    case 'before': {
      const stamp = integer(row, predicate.column);
      return stamp === null ? null : stamp < cutOffOf(facts, predicate.cutOff);
    }
    case 'epochBefore': {
      const value = wholeNumber(row[predicate.column] ?? null);
      const limit = cutOffOf(facts, predicate.cutOff);
      return value === null ? null : value < (predicate.unit === 'nanoseconds' ? limit * 1_000n : limit / 1_000n);
    }
    case 'unless':
      return within(predicate.rule) !== true;
    case 'noRow':
    case 'someRow': {
      const { where, table: other } = predicate;
      const found = rowsThatMatch(other, predicate.on, row, facts, predicate).some(
        (candidate) => where === undefined || evaluate(where, other, candidate, facts) === true,
      );
      return found === (predicate.kind === 'someRow');
    }
    case 'superseded': {
      const order = integer(row, predicate.order);
      const same = rowsOfSame(predicate.by, table, row, facts, predicate);
      return order !== null && same.some((other) => (integer(other, predicate.order) ?? order) > order);
    }
    case 'alone': {
      const left = rowsOfSame(predicate.by, table, row, facts, predicate).filter(
        (other) =>
          !facts.earlier?.some((step, at) =>
            goesBefore(step, other, { ...facts, earlier: facts.earlier?.slice(0, at) ?? [] }),
          ),
      );
      return left.length === 1 && left[0] === row;
    }
    case 'sighted': {
      const seen = facts.sightings?.(predicate.columns, row);
      return seen !== undefined && seen < cutOffOf(facts, predicate.cutOff);
    }
    case 'enabled':
      return facts.enabled[predicate.parameter] ?? false;
  }
}

/** Rows of a table that have our values in their columns; NULL matches nothing. */
function rowsThatMatch(table: string, on: On, row: Row, { tables, found }: Facts, asking: Asking): readonly Row[] {
  if (found !== undefined) return found(asking, row);
  return (tables[table] ?? []).filter((other) =>
    on.every(([theirs, ours]) => {
      const value = row[ours] ?? null;
      return value !== null && other[theirs] === value;
    }),
  );
}

/** Rows that a rule asks for: with the same values as a row, whatever else it asks of them. */
export const rowsAskedFor = (
  rule: Predicate & { kind: 'noRow' | 'someRow' | 'superseded' | 'alone' },
  table: string,
  row: Row,
  facts: Facts,
): readonly Row[] =>
  'on' in rule ? rowsThatMatch(rule.table, rule.on, row, facts, rule) : rowsOfSame(rule.by, table, row, facts, rule);

/** A step that comes first takes the row. */
const goesBefore = (step: Step, row: Row, facts: Facts): boolean => reasonOfDeath(step, row, facts) !== undefined;

/** The periods that count for a row; NULL for one that means for ever. */
export function countingPeriods(
  asking: Predicate & { kind: 'outlives' },
  row: Row,
  facts: Facts,
): readonly (bigint | null)[] {
  const { name, period, group } = asking.periods;
  const stated = facts.found?.(asking, row) ?? rowsThatState(asking.periods, facts);
  const isOwn = (other: Row): boolean =>
    group === undefined || ((row[group[1]] ?? null) !== null && other[group[0]] === row[group[1]]);
  const ownNames = new Set(stated.filter(isOwn).map((other) => other[name]));
  return stated
    .filter((other) => isOwn(other) || !ownNames.has(other[name]))
    .map((other) => wholeNumber(String(other[period] ?? '')));
}

const rowsThatState = ({ table, where }: StatedPeriods, facts: Facts): readonly Row[] =>
  (facts.tables[table] ?? []).filter((other) => evaluate(where, table, other, facts) === true);

const rowsOfSame = (by: readonly string[], table: string, row: Row, facts: Facts, asking: Asking): readonly Row[] =>
  rowsThatMatch(
    table,
    by.map((column) => [column, column]),
    row,
    facts,
    asking,
  );

/** A whole number, also from up to 18 digits of text. */
export function wholeNumber(value: Value): bigint | null {
  if (typeof value !== 'string') return value;
  return /^[0-9]{1,18}$/.test(value) ? BigInt(value) : null;
}

export function cutOffOf(facts: Facts, name: string): bigint {
  const value = facts.cutOffs[name];
  if (value === undefined) throw new RangeError(`no cut-off ${name}`);
  return value;
}

/** Name of the first reason for which the row is dead, or undefined for a live row. */
export function reasonOfDeath(step: Step, row: Row, facts: Facts): string | undefined {
  if (step.enabledBy !== undefined && facts.enabled[step.enabledBy] !== true) return undefined;
  const own = ownReason(step, row, facts);
  if (own !== undefined || step.history === undefined) return own;
  const later = notOlder(step.history, step.table, row, facts);
  return later.some((other) => ownReason(step, other, facts) !== undefined) ? supersededReason.name : undefined;
}

/** Rows of the same thing that are as new as a row or newer, itself included. */
export const notOlder = (history: History, table: string, row: Row, facts: Facts): readonly Row[] =>
  rowsOfSame(history.of, table, row, facts, history).filter(
    (other) => (integer(other, history.order) ?? 0n) >= (integer(row, history.order) ?? 0n),
  );

function ownReason({ table, guard, reasons }: Step, row: Row, facts: Facts): string | undefined {
  if (guard !== undefined && evaluate(guard, table, row, facts) !== true) return undefined;
  return reasons.find((reason) => evaluate(reason.when, table, row, facts) === true)?.name;
}
