import type { Predicate, Step } from './types.js';

/** Validities from here on mean "never expires" in the product, milliseconds. Source: the product's own constant. */
export const neverExpiresFromMs = 99_999_999_999_990;

/** A cell as the evaluation sees it: text, whole number or microseconds since the epoch for a stamp, or NULL. */
export type Value = string | bigint | null;
export type Row = Readonly<Record<string, Value>>;

/** What the rule is evaluated against. */
export interface Facts {
  /** Each cut-off in microseconds since the epoch, on the same wall clock as the stamps. */
  readonly cutOffs: Readonly<Record<string, bigint>>;
  readonly enabled: Readonly<Record<string, boolean>>;
  /** Rows of the other tables a guard may look at, by upper-case table name. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
}

/** SQL's three values: NULL is `null`. */
type Truth = boolean | null;

const integer = (row: Row, column: string): bigint | null => {
  const value = row[column] ?? null;
  if (value !== null && typeof value !== 'bigint') throw new TypeError(`${column} is no number: ${value}`);
  return value;
};

const both = (values: Truth[]): Truth => (values.includes(false) ? false : values.includes(null) ? null : true);
const either = (values: Truth[]): Truth => (values.includes(true) ? true : values.includes(null) ? null : false);

/** Evaluates a rule in memory with SQL's three-valued logic. */
export function evaluate(predicate: Predicate, row: Row, facts: Facts): Truth {
  switch (predicate.kind) {
    case 'all':
      return both(predicate.of.map((part) => evaluate(part, row, facts)));
    case 'any':
      return either(predicate.of.map((part) => evaluate(part, row, facts)));
    case 'oneOf': {
      const value = row[predicate.column] ?? null;
      return value === null ? null : predicate.words.includes(String(value));
    }
    case 'isNull':
      return (row[predicate.column] ?? null) === null;
    case 'moreThan': {
      const value = integer(row, predicate.column);
      return value === null ? null : value > BigInt(predicate.value);
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
    case 'before': {
      const stamp = integer(row, predicate.column);
      return stamp === null ? null : stamp < cutOff(facts, predicate.cutOff);
    }
    case 'noRow': {
      const others = facts.tables[predicate.table] ?? [];
      return !others.some((other) =>
        predicate.on.every(([theirs, ours]) => {
          const value = row[ours] ?? null;
          return value !== null && other[theirs] === value;
        }),
      );
    }
    case 'enabled':
      return facts.enabled[predicate.parameter] ?? false;
  }
}

function cutOff(facts: Facts, name: string): bigint {
  const value = facts.cutOffs[name];
  if (value === undefined) throw new RangeError(`no cut-off ${name}`);
  return value;
}

/** Name of the first reason for which the row is dead, or undefined for a live row. */
export function reasonOfDeath(step: Step, row: Row, facts: Facts): string | undefined {
  if (step.enabledBy !== undefined && facts.enabled[step.enabledBy] !== true) return undefined;
  if (step.guard !== undefined && evaluate(step.guard, row, facts) !== true) return undefined;
  return step.reasons.find((reason) => evaluate(reason.when, row, facts) === true)?.name;
}
