import {
  countingPeriods,
  cutOffOf,
  evaluate,
  type Facts,
  notOlder,
  type Row,
  reasonOfDeath,
  rowsAskedFor,
  wholeNumber,
} from './evaluate.js';
import type { Predicate, Step } from './types.js';

const microsecondsPer = { minutes: 60_000_000n, seconds: 1_000_000n, milliseconds: 1_000n } as const;

/** The same facts some microseconds later, if no row changes until then. */
export const factsLater = (facts: Facts, microseconds: bigint): Facts => ({
  ...facts,
  cutOffs: Object.fromEntries(Object.entries(facts.cutOffs).map(([name, at]) => [name, at + microseconds])),
});

/**
 * When comparisons of a row with a cut-off turn, in microseconds from the moment of the facts, earliest first: the first
 * microsecond at which each holds. As long as no row changes, a verdict can only change at one of these.
 */
export function turningPoints(step: Step, row: Row, facts: Facts): readonly bigint[] {
  const { table, guard, reasons, history } = step;
  const rules = [...(guard === undefined ? [] : [guard]), ...reasons.map(({ when }) => when)];
  const rows = history === undefined ? [row] : [row, ...notOlder(history, table, row, facts)];
  const points = rows.flatMap((one) => rules.flatMap((rule) => pointsOf(rule, table, one, facts)));
  return inOrder(points);
}

const inOrder = (points: readonly bigint[]): readonly bigint[] =>
  [...new Set(points)].sort((one, other) => (one < other ? -1 : Number(one > other)));

function pointsOf(rule: Predicate, table: string, row: Row, facts: Facts): readonly bigint[] {
  const within = (part: Predicate): readonly bigint[] => pointsOf(part, table, row, facts);
  const number = (column: string): bigint | undefined => wholeNumber(row[column] ?? null) ?? undefined;
  /** A stamp is before a cut-off, by more than a period. */
  const passes = (stamp: bigint | undefined, cutOff: string, period = 0n): readonly bigint[] =>
    stamp === undefined ? [] : [stamp + period - cutOffOf(facts, cutOff) + 1n];
  switch (rule.kind) {
    case 'all':
    case 'any':
      return rule.of.flatMap(within);
    case 'unless':
      return within(rule.rule);
    case 'hasColumn':
      return within(rule.column in row ? rule.then : rule.otherwise);
    case 'before':
      return passes(number(rule.column), rule.cutOff);
    case 'periodOver': {
      const period = number(rule.period);
      return period === undefined ? [] : passes(number(rule.stamp), rule.cutOff, period * microsecondsPer[rule.unit]);
    }
    case 'epochBefore': {
      const value = number(rule.column);
      if (value === undefined) return [];
      const first =
        rule.unit === 'nanoseconds' ? wholeMicroseconds(value) + 1n : (value + 1n) * microsecondsPer[rule.unit];
      return [first - cutOffOf(facts, rule.cutOff)];
    }
    case 'outlives':
      return countingPeriods(rule, row, facts).flatMap((minutes) =>
        minutes === null ? [] : passes(number(rule.stamp), rule.cutOff, minutes * microsecondsPer.minutes),
      );
    case 'sighted':
      return passes(facts.sightings?.(rule.columns, row), rule.cutOff);
    case 'noRow':
    case 'someRow': {
      const { where, table: other } = rule;
      if (where === undefined) return [];
      return rowsAskedFor(rule, table, row, facts).flatMap((one) => pointsOf(where, other, one, facts));
    }
    case 'alone': {
      const others = rowsAskedFor(rule, table, row, facts);
      const { earlier = [] } = facts;
      return earlier.flatMap((step, at) =>
        others.flatMap((one) => turningPoints(step, one, { ...facts, earlier: earlier.slice(0, at) })),
      );
    }
    default:
      return [];
  }
}

/** Of nanoseconds, rounded down. */
const wholeMicroseconds = (nanoseconds: bigint): bigint =>
  nanoseconds / 1_000n - (nanoseconds < 0n && nanoseconds % 1_000n !== 0n ? 1n : 0n);

/** What a step says of a row, and from when on, in microseconds from the moment of the facts. */
export interface Outlook {
  /** Why it is dead; undefined if it lives. */
  readonly reason: string | undefined;
  /** Since when it has been dead without a break; undefined if no time of it says. */
  readonly since?: bigint;
  /** When it will be dead if no row changes, and by which reason; absent if it never will. */
  readonly dies?: { readonly at: bigint; readonly reason: string };
}

/** The verdict on a row by a step, and when it began or will change. */
export function outlook(step: Step, row: Row, facts: Facts): Outlook {
  const at = (microseconds: bigint): string | undefined => reasonOfDeath(step, row, factsLater(facts, microseconds));
  const reason = reasonOfDeath(step, row, facts);
  const points = turningPoints(step, row, facts);
  if (reason === undefined) {
    for (const point of points.filter((one) => one > 0n)) {
      const then = at(point);
      if (then !== undefined) return { reason, dies: { at: point, reason: then } };
    }
    return { reason };
  }
  const past = points.filter((one) => one <= 0n).reverse();
  for (const point of past) if (at(point - 1n) === undefined) return { reason, since: point };
  return { reason };
}

/** A part of a rule that does not hold for a row. */
export interface Unmet {
  /** One condition, or a choice of some. */
  readonly part: Predicate;
  /** When it will hold if no row changes, in microseconds from the moment of the facts; absent if it never will. */
  readonly from?: bigint;
}

/** The parts that keep a rule from holding for a row: it holds once all of them do. */
export function unmetParts(rule: Predicate, table: string, row: Row, facts: Facts): readonly Unmet[] {
  if (evaluate(rule, table, row, facts) === true) return [];
  if (rule.kind === 'all') return rule.of.flatMap((part) => unmetParts(part, table, row, facts));
  const from = inOrder(pointsOf(rule, table, row, facts)).find(
    (point) => point > 0n && evaluate(rule, table, row, factsLater(facts, point)) === true,
  );
  return [{ part: rule, ...(from !== undefined && { from }) }];
}
