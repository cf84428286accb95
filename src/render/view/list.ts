import { supportColumn } from '../../dialects/support-column.js';
import type { PlannedList, PlannedStep } from '../../plan/types.js';
import { all, isNotNull } from '../../policy/build.js';
import type { Predicate } from '../../policy/types.js';
import { rulesOf } from '../../policy/visit.js';
import { printDead, printPredicate } from '../predicate.js';
import { newestColumn, ofRun, whileListing } from './bindings.js';
import type { Context } from './context.js';
import { viewWindows, type WindowsView } from './windows.js';

/** The list that a run makes before it goes through a step's table. */
export interface ListView {
  readonly name: string;
  readonly plainName: string;
  /** Exactly one of these. */
  readonly holdsKeys: boolean;
  readonly holdsSightings: boolean;
  /** The rule of a delete asks the list's row `l` itself, not only for its key. */
  readonly bearsWitness: boolean;
  /** That a row `l` of the list is of this run, with an AND behind it; empty for sightings, which every run reads. */
  readonly mine: string;
  /** The same of a row without an alias, where a run empties it. */
  readonly own: string;
  /** Which of its rows `l` a run goes along. */
  readonly counts: string;
  readonly columns: readonly string[];
  /** What is selected for each column from the source, with the alias `t`. */
  readonly values: readonly string[];
  /** Which rows of the source are put on it. */
  readonly where: readonly string[];
  /** What the source `n` is read with, where the rule asks for other rows of it. */
  readonly windows: WindowsView | false;
  /** The index that answers it, where the source has one. */
  readonly coveringIndex: string | false;
  /** Its own rows and those of the source belong together: `t` is the source, `l` the list. */
  readonly pairs: readonly string[];
  /** Its columns but that of the run, what is selected for them, the same out of a subquery `d`, and what that is sorted by. */
  readonly ownColumns: readonly string[];
  readonly ownValues: readonly string[];
  readonly listed: readonly string[];
  readonly listedKey: readonly string[];
  /** It notes which rows this run removed, for what follows them. */
  readonly isFollowed: boolean;
  readonly definitions: readonly string[];
  readonly key: readonly string[];
  /** The column that says when a sighting was. */
  readonly firstSeen: string;
}

export function viewList(step: PlannedStep, context: Context): ListView | false {
  const { list, rule } = step;
  if (list === undefined) return false;
  const { dialect, qualify } = context;
  const { identifier, columnType, variable } = dialect.expressions;
  const whole = whileListing(step, 't', context);
  const windows = viewWindows(step, { ...whole, alias: 'n' }, context, 'grouped if possible');
  const binding = windows !== false && windows.groups ? { ...whole, group: 'k' } : whole;
  const parts = rulesOf(rule).map(([part]) => part);
  const sighted = parts.find((part) => part.kind === 'sighted');
  const ofThisRun = list.content === 'keys';
  const runId = ofThisRun ? [supportColumn(dialect, 'run_id')] : [];
  const witness = list.witness ? [newestColumn(context)] : [];
  const key = list.key.map(({ name }) => identifier(name));
  return {
    name: qualify(list.name),
    plainName: list.name,
    holdsKeys: ofThisRun,
    holdsSightings: list.content === 'sightings',
    bearsWitness: parts.some(({ kind }) => kind === 'superseded' || kind === 'alone'),
    own: `${supportColumn(dialect, 'run_id')} = ${variable('run_id')}`,
    counts: sighted === undefined ? ofRun('l', context) : `l.${binding.firstSeen} < ${binding.cutOff(sighted.cutOff)}`,
    mine: ofThisRun ? `${ofRun('l', context)} AND ` : '',
    columns: [...runId, ...list.columns.map(({ name }) => identifier(name)), ...witness],
    values: [
      ...(ofThisRun ? [variable('run_id')] : []),
      ...list.columns.map(({ name }) => `t.${identifier(name)}`),
      ...witness.map(() => `t.${binding.beside.newest}`),
    ],
    where:
      sighted === undefined
        ? printDead(rule.guard, rule.reasons, binding)
        : printPredicate(named(list, mustGuard(rule.guard)), binding),
    windows,
    coveringIndex: list.coveringIndex === undefined ? false : identifier(list.coveringIndex),
    pairs: list.key.map(({ name }, at) => `${at === 0 ? '' : 'AND '}t.${identifier(name)} = l.${identifier(name)}`),
    definitions: [
      ...list.columns.map(
        (column) =>
          `${identifier(column.name)} ${columnType(column)} ${list.key.includes(column) ? 'NOT NULL' : 'NULL'}`,
      ),
      ...(list.witness ? [`${newestColumn(context)} ${columnType(list.witness)} NOT NULL`] : []),
    ],
    key: [...runId, ...key],
    ownColumns: [...list.columns.map(({ name }) => identifier(name)), ...witness],
    ownValues: [
      ...list.columns.map(({ name }) => `t.${identifier(name)}`),
      ...witness.map(() => `t.${binding.beside.newest}`),
    ],
    listed: [...list.columns.map(({ name }) => `d.${identifier(name)}`), ...witness.map((name) => `d.${name}`)],
    listedKey: list.key.map(({ name }) => `d.${identifier(name)}`),
    isFollowed: step.followers.length > 0,
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
