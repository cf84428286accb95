import type { PlannedList, PlannedStep } from '../../plan/types.js';
import { all, isNotNull } from '../../policy/build.js';
import type { Predicate } from '../../policy/types.js';
import { rulesOf } from '../../policy/visit.js';
import { findColumn } from '../../schema/find.js';
import { printDead, printPredicate } from '../predicate.js';
import { newestRows } from '../superseded.js';
import { inProcedure, newestUpto } from './bindings.js';
import type { Context } from './context.js';

/** The list that a run makes before it goes through a step's table. */
export interface ListView {
  readonly name: string;
  readonly plainName: string;
  /** Exactly one of these. */
  readonly holdsKeys: boolean;
  readonly holdsNewest: boolean;
  readonly holdsSightings: boolean;
  readonly columns: readonly string[];
  /** What is selected for each column from the source, with the alias `t`. */
  readonly values: readonly string[];
  /** Which rows of the source are put on it. */
  readonly where: readonly string[];
  /** For the newest rows: what they are grouped by. */
  readonly groups: readonly string[] | false;
  /** The index that answers it, where the source has one. */
  readonly coveringIndex: string | false;
  /** Its own rows and those of the source belong together: `t` is the source, `l` the list. */
  readonly pairs: readonly string[];
  readonly definitions: readonly string[];
  readonly key: readonly string[];
  /** The variable that remembers how far the list of newest rows goes, and the column that it comes from. */
  readonly newestUpto: string;
  readonly order: string;
  /** The instant before which a sighting counts. */
  readonly sightedBefore: string;
  /** The column that says when a sighting was. */
  readonly firstSeen: string;
}

export function viewList(step: PlannedStep, number: number, context: Context): ListView | false {
  const { list, rule } = step;
  if (list === undefined) return false;
  const { dialect, qualify } = context;
  const { identifier, columnType } = dialect.expressions;
  const { list: _, ...binding } = inProcedure(step, number, 't', context);
  const parts = rulesOf(rule).map(([part]) => part);
  const superseded = parts.find((part) => part.kind === 'superseded');
  const sighted = parts.find((part) => part.kind === 'sighted');
  const newest = list.content === 'newest' && superseded ? newestRows(superseded.by, superseded.order, binding) : false;
  const order = superseded === undefined ? '' : (findColumn(step.table, superseded.order)?.name ?? superseded.order);
  return {
    name: qualify(list.name),
    plainName: list.name,
    holdsKeys: list.content === 'keys',
    holdsNewest: list.content === 'newest',
    holdsSightings: list.content === 'sightings',
    columns: list.columns.map(({ name }) => identifier(name)),
    values: newest ? newest.columns : list.columns.map(({ name }) => `t.${identifier(name)}`),
    where: newest
      ? [newest.where]
      : sighted === undefined
        ? printDead(rule.guard, rule.reasons, binding)
        : printPredicate(named(list, mustGuard(rule.guard)), binding),
    groups: newest ? newest.groups : false,
    coveringIndex: list.coveringIndex === undefined ? false : identifier(list.coveringIndex),
    pairs: list.key.map(({ name }, at) => `${at === 0 ? '' : 'AND '}t.${identifier(name)} = l.${identifier(name)}`),
    definitions: list.columns.map(
      (column) => `${identifier(column.name)} ${columnType(column)} ${list.key.includes(column) ? 'NOT NULL' : 'NULL'}`,
    ),
    key: list.key.map(({ name }) => identifier(name)),
    newestUpto: newestUpto(number, context),
    order: identifier(order),
    sightedBefore: sighted === undefined ? '' : binding.cutOff(sighted.cutOff),
    firstSeen: binding.firstSeen,
  };
}

/** A thing without a name cannot be noted, nor found again: it is left alone. */
function named({ key }: PlannedList, guard: Predicate): Predicate {
  const known = key.filter(({ nullable }) => nullable).map(({ name }) => isNotNull(name));
  return known.length === 0 ? guard : all(...known, guard);
}

function mustGuard(guard: Predicate | undefined): Predicate {
  if (guard === undefined) throw new Error('a sighting of what? the step has no guard');
  return guard;
}
