import type { ColumnFamily } from '../schema/types.js';
import type { Policy, Predicate, Step } from './types.js';

/** A column that a rule reads, and what it must be able to hold. */
export interface ColumnUse {
  readonly table: string;
  readonly column: string;
  readonly family: ColumnFamily | 'any';
}

/** Every column that a step's rules read. */
export function columnsUsedBy(step: Step): readonly ColumnUse[] {
  const uses = [
    use(step.table, step.stamp, 'timestamp'),
    ...(step.guard ? usesOf(step.guard, step.table) : []),
    ...step.reasons.flatMap((reason) => usesOf(reason.when, step.table)),
  ];
  return uses.filter((one, at) => uses.findIndex((other) => sameUse(one, other)) === at);
}

/** Tables that a step's rules look at besides its own. */
export function tablesLookedAtBy(step: Step): readonly string[] {
  const visit = (predicate: Predicate): string[] => {
    if (predicate.kind === 'all' || predicate.kind === 'any') return predicate.of.flatMap(visit);
    return predicate.kind === 'noRow' ? [predicate.table] : [];
  };
  return [...(step.guard ? visit(step.guard) : []), ...step.reasons.flatMap((reason) => visit(reason.when))];
}

/** Names of the cut-offs and parameters that the given steps read. */
export function namesUsedBy(policy: Policy, steps: readonly Step[]): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (predicate: Predicate): void => {
    if (predicate.kind === 'all' || predicate.kind === 'any') predicate.of.forEach(visit);
    else if (predicate.kind === 'periodOver' || predicate.kind === 'before') names.add(predicate.cutOff);
    else if (predicate.kind === 'enabled') names.add(predicate.parameter);
  };
  for (const step of steps) {
    if (step.enabledBy !== undefined) names.add(step.enabledBy);
    if (step.guard) visit(step.guard);
    for (const reason of step.reasons) visit(reason.when);
  }
  for (const cutOff of policy.cutOffs) {
    if (names.has(cutOff.name) && 'parameter' in cutOff.less) names.add(cutOff.less.parameter);
  }
  return names;
}

const use = (table: string, column: string, family: ColumnUse['family']): ColumnUse => ({ table, column, family });

const sameUse = (one: ColumnUse, other: ColumnUse): boolean =>
  one.table === other.table && one.column === other.column && one.family === other.family;

function usesOf(predicate: Predicate, table: string): ColumnUse[] {
  switch (predicate.kind) {
    case 'all':
    case 'any':
      return predicate.of.flatMap((part) => usesOf(part, table));
    case 'oneOf':
      return [use(table, predicate.column, 'text')];
    case 'isNull':
      return [use(table, predicate.column, 'any')];
    case 'moreThan':
    case 'finite':
      return [use(table, predicate.column, 'integer')];
    case 'periodOver':
      return [use(table, predicate.stamp, 'timestamp'), use(table, predicate.period, 'integer')];
    case 'before':
      return [use(table, predicate.column, 'timestamp')];
    case 'noRow':
      return predicate.on.flatMap(([theirs, ours]) => [use(predicate.table, theirs, 'any'), use(table, ours, 'any')]);
    case 'enabled':
      return [];
  }
}
