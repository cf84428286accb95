import type { ColumnFamily } from '../schema/types.js';
import { hasUnknownClock, uncertaintyName } from './clock.js';
import type { Policy, Predicate, Step } from './types.js';
import { rulesOf } from './visit.js';

/** A column that a rule reads, and what it must be able to hold. */
export interface ColumnUse {
  readonly table: string;
  readonly column: string;
  readonly family: ColumnFamily | 'integer or text' | 'any';
}

/** Every column that a step's rules read. */
export function columnsUsedBy(step: Step): readonly ColumnUse[] {
  const { table, stamp, history, followers = [] } = step;
  const uses = [
    ...(stamp === undefined ? [] : [typeof stamp === 'string' ? use(table, stamp, 'timestamp') : epoch(table, stamp)]),
    ...rulesOf(step).flatMap(([rule, of]) => usesOf(rule, of)),
    ...(history ? [...history.of, history.order].map((column) => use(table, column, 'any')) : []),
    ...followers.flatMap((follower) => follower.on.flatMap(pairsOf(follower.table, table))),
  ];
  return uses.filter((one, at) => uses.findIndex((other) => sameUse(one, other)) === at);
}

/** Tables that a step's rules look at besides its own. */
export function tablesLookedAtBy(step: Step): readonly string[] {
  return [...new Set(rulesOf(step).flatMap(([rule]) => tableOf(rule) ?? []))];
}

function tableOf(rule: Predicate): string | undefined {
  if (rule.kind === 'noRow' || rule.kind === 'someRow') return rule.table;
  return rule.kind === 'outlives' ? rule.periods.table : undefined;
}

/** Names of the cut-offs and parameters that the given steps read. */
export function namesUsedBy(policy: Policy, steps: readonly Step[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const step of steps) {
    if (step.enabledBy !== undefined) names.add(step.enabledBy);
    for (const [rule] of rulesOf(step)) {
      if ('cutOff' in rule) names.add(rule.cutOff);
      else if ('parameter' in rule) names.add(rule.parameter);
    }
  }
  const cutOffs = policy.cutOffs.filter(({ name }) => names.has(name));
  if (hasUnknownClock(cutOffs)) names.add(uncertaintyName);
  for (const { less, andLongest } of cutOffs) {
    if ('parameter' in less) names.add(less.parameter);
    if (andLongest) names.add(andLongest.atLeast.parameter);
  }
  return names;
}

/** Every timestamp that a step's rules compare with a cut-off. */
export const timestampsJudgedBy = (step: Pick<Step, 'table' | 'guard' | 'reasons' | 'followers'>) =>
  rulesOf(step).flatMap(([rule, table]) => {
    if (rule.kind === 'before') return [{ table, column: rule.column, cutOff: rule.cutOff }];
    const hasAge = rule.kind === 'periodOver' || rule.kind === 'outlives';
    return hasAge ? [{ table, column: rule.stamp, cutOff: rule.cutOff }] : [];
  });

const use = (table: string, column: string, family: ColumnUse['family']): ColumnUse => ({ table, column, family });
const epoch = (table: string, { column }: { column: string }): ColumnUse => use(table, column, 'integer');

const sameUse = (one: ColumnUse, other: ColumnUse): boolean =>
  one.table === other.table && one.column === other.column && one.family === other.family;

const pairsOf =
  (their: string, our: string) =>
  ([theirs, ours]: readonly [string, string]): ColumnUse[] => [use(their, theirs, 'any'), use(our, ours, 'any')];

function usesOf(predicate: Predicate, table: string): readonly ColumnUse[] {
  switch (predicate.kind) {
    case 'all':
    case 'any':
    case 'enabled':
    case 'unless':
    case 'hasColumn':
      return [];
    case 'oneOf':
    case 'beneath':
    case 'contains':
    case 'listed':
      return [use(table, predicate.column, 'text')];
    case 'isNull':
    case 'isNotNull':
      return [use(table, predicate.column, 'any')];
    case 'equals':
    case 'moreThan':
    case 'atMost':
    case 'finite':
      return [use(table, predicate.column, 'integer')];
    case 'periodOver':
      return [use(table, predicate.stamp, 'timestamp'), use(table, predicate.period, 'integer')];
    case 'outlives': {
      const { table: other, name, period, group } = predicate.periods;
      return [
        use(table, predicate.stamp, 'timestamp'),
        use(other, name, 'text'),
        use(other, period, 'text'),
        ...(group ? pairsOf(other, table)(group) : []),
      ];
    }
    case 'before':
      return [use(table, predicate.column, 'timestamp')];
    case 'epochBefore':
      return [use(table, predicate.column, 'integer or text')];
    case 'noRow':
    case 'someRow':
      return predicate.on.flatMap(pairsOf(predicate.table, table));
    case 'superseded':
      return [...predicate.by.map((column) => use(table, column, 'any')), use(table, predicate.order, 'integer')];
    case 'alone':
      return predicate.by.map((column) => use(table, column, 'any'));
    case 'sighted':
      return predicate.columns.map((column) => use(table, column, 'any'));
  }
}
