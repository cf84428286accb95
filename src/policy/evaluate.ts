import { type On, type Predicate, type StatedPeriods, type Step, supersededReason } from './types.js';

/** Validities from here on mean "never expires" in the product, milliseconds. Source: the product's own constant. */
export const neverExpiresFromMs = 99_999_999_999_990;

/** A stamp that is not NULL and names no moment all the same, such as MySQL's zero date: compared with anything, unknown. */
export const noMoment = 'no moment';

/** A cell as the evaluation sees it: text, whole number or microseconds since the epoch for a stamp, or NULL. */
export type Value = string | bigint | null;
export type Row = Readonly<Record<string, Value>>;

/** What the rule is evaluated against. */
export interface Facts {
  /** Each cut-off in microseconds since the epoch, on the same wall clock as the stamps. */
  readonly cutOffs: Readonly<Record<string, bigint>>;
  readonly enabled: Readonly<Record<string, boolean>>;
  /** The words of each list parameter. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  /** Rows of all tables that a rule may look at, by upper-case table name, the step's own included. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
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
      return cutOff(facts, predicate.cutOff) - stamp > period * (predicate.unit === 'seconds' ? 1_000_000n : 1_000n);
    }
    case 'outlives': {
      const stamp = integer(row, predicate.stamp);
      const counting = countingPeriods(predicate.periods, row, facts);
      if (counting.length === 0) return true;
      if (stamp === null) return false;
      const age = cutOff(facts, predicate.cutOff) - stamp;
      return counting.every((minutes) => minutes !== null && age > minutes * 60_000_000n);
    }
    case 'before': {
      const stamp = integer(row, predicate.column);
      return stamp === null ? null : stamp < cutOff(facts, predicate.cutOff);
    }
    case 'epochBefore': {
      const value = wholeNumber(row[predicate.column] ?? null);
      const limit = cutOff(facts, predicate.cutOff);
      return value === null ? null : value < (predicate.unit === 'nanoseconds' ? limit * 1_000n : limit / 1_000n);
    }
    case 'unless':
      return within(predicate.rule) !== true;
    case 'noRow':
    case 'someRow': {
      const { where, table: other } = predicate;
      const found = rowsThatMatch(other, predicate.on, row, facts).some(
        (candidate) => where === undefined || evaluate(where, other, candidate, facts) === true,
      );
      return found === (predicate.kind === 'someRow');
    }
    case 'superseded': {
      const order = integer(row, predicate.order);
      const same = rowsOfSame(predicate.by, table, row, facts);
      return order !== null && same.some((other) => (integer(other, predicate.order) ?? order) > order);
    }
    case 'alone':
      return (
        predicate.by.every((column) => (row[column] ?? null) !== null) &&
        rowsOfSame(predicate.by, table, row, facts).every((other) => other === row)
      );
    case 'sighted': {
      const seen = facts.sightings?.(predicate.columns, row);
      return seen !== undefined && seen < cutOff(facts, predicate.cutOff);
    }
    case 'enabled':
      return facts.enabled[predicate.parameter] ?? false;
  }
}

/** Rows of a table that have our values in their columns; NULL matches nothing. */
function rowsThatMatch(table: string, on: On, row: Row, { tables }: Facts): readonly Row[] {
  return (tables[table] ?? []).filter((other) =>
    on.every(([theirs, ours]) => {
      const value = row[ours] ?? null;
      return value !== null && other[theirs] === value;
    }),
  );
}

/** The periods that count for a row; NULL for one that means for ever. */
function countingPeriods(periods: StatedPeriods, row: Row, facts: Facts): readonly (bigint | null)[] {
  const { table, where, name, period, group } = periods;
  const stated = (facts.tables[table] ?? []).filter((other) => evaluate(where, table, other, facts) === true);
  const isOwn = (other: Row): boolean =>
    group === undefined || ((row[group[1]] ?? null) !== null && other[group[0]] === row[group[1]]);
  const ownNames = new Set(stated.filter(isOwn).map((other) => other[name]));
  return stated
    .filter((other) => isOwn(other) || !ownNames.has(other[name]))
    .map((other) => wholeNumber(String(other[period] ?? '')));
}

const rowsOfSame = (by: readonly string[], table: string, row: Row, facts: Facts): readonly Row[] =>
  rowsThatMatch(
    table,
    by.map((column) => [column, column]),
    row,
    facts,
  );

/** A whole number, also from up to 18 digits of text. */
function wholeNumber(value: Value): bigint | null {
  if (typeof value !== 'string') return value;
  return /^[0-9]{1,18}$/.test(value) ? BigInt(value) : null;
}

function cutOff(facts: Facts, name: string): bigint {
  const value = facts.cutOffs[name];
  if (value === undefined) throw new RangeError(`no cut-off ${name}`);
  return value;
}

/** Name of the first reason for which the row is dead, or undefined for a live row. */
export function reasonOfDeath(step: Step, row: Row, facts: Facts): string | undefined {
  if (step.enabledBy !== undefined && facts.enabled[step.enabledBy] !== true) return undefined;
  const own = ownReason(step, row, facts);
  if (own !== undefined || step.history === undefined) return own;
  const { of, order } = step.history;
  const later = rowsOfSame(of, step.table, row, facts).filter(
    (other) => (integer(other, order) ?? 0n) >= (integer(row, order) ?? 0n),
  );
  return later.some((other) => ownReason(step, other, facts) !== undefined) ? supersededReason.name : undefined;
}

function ownReason({ table, guard, reasons }: Step, row: Row, facts: Facts): string | undefined {
  if (guard !== undefined && evaluate(guard, table, row, facts) !== true) return undefined;
  return reasons.find((reason) => evaluate(reason.when, table, row, facts) === true)?.name;
}
