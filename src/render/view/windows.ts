import type { PlannedStep } from '../../plan/types.js';
import { columnsUsedBy } from '../../policy/columns.js';
import type { Predicate, Step } from '../../policy/types.js';
import { rulesOf } from '../../policy/visit.js';
import { findColumn } from '../../schema/find.js';
import { type Binding, columnName } from '../binding.js';
import { printPredicate } from '../predicate.js';
import type { Context } from './context.js';

/** A table that is read whole: its columns, and beside each row what the other rows of the same thing say. */
export interface WindowsView {
  readonly columns: readonly string[];
  readonly values: readonly string[];
  /** That a row `n` is of a thing: one without a name has no rows, and so neither a newest nor an only one. */
  readonly known: string | false;
  /** One row `k` for each thing instead, and how its newest row `t` is found by the key. */
  readonly groups: { readonly by: readonly string[]; readonly pairs: readonly string[] } | false;
}

/** False if the rule of a step asks for no other row of its own table. */
export function viewWindows(
  step: PlannedStep,
  binding: Binding,
  context: Context,
  how: 'beside each row' | 'grouped if possible' = 'beside each row',
): WindowsView | false {
  const thing = thingOf(step, binding);
  if (thing === undefined) return false;
  const groups = how === 'grouped if possible' && viewGroups(step, thing.names, binding, context);
  const columns = groups ? groups.columns : ownColumns(step);
  const over = groups ? '' : ` OVER (PARTITION BY ${thing.names.join(', ')})`;
  return {
    columns: columns.map((name) => columnName(binding, name)),
    values: besideRows(askedOf(step.rule), stepBefore(step, context), binding, over),
    known: thing.known,
    groups,
  };
}

/** Only the last row of a thing can be dead, and is found by the key: that spares the sorting of all rows. */
function viewGroups(step: PlannedStep, by: readonly string[], binding: Binding, context: Context) {
  const { table } = step;
  const order = stepBefore(step, context)?.order.toLowerCase();
  const columns = table.primaryKey.filter((name) => name.toLowerCase() !== order);
  const isKeyed = columns.length + 1 === table.primaryKey.length;
  if (!isKeyed || !columns.every((name) => by.includes(columnName(binding, name)))) return false;
  const { identifier } = binding.expressions;
  const newest = (name: string) => (columns.includes(name) ? identifier(name) : binding.beside.newest);
  const pairs = table.primaryKey.map((name) => `t.${identifier(name)} = k.${newest(name)}`);
  return { columns, by, pairs: pairs.map((pair, at) => (at === 0 ? pair : `AND ${pair}`)) };
}

/** What tells the things apart whose rows are looked at together. */
function thingOf({ rule, table }: PlannedStep, binding: Binding) {
  const { superseded, alone } = askedOf(rule);
  const by = superseded?.by ?? alone?.by;
  if (by === undefined) return undefined;
  const { exact, short } = binding.expressions;
  const nullable = by.filter((name) => findColumn(table, name)?.nullable !== false);
  return {
    names: by.map((name) => {
      const family = findColumn(table, name)?.family ?? 'other';
      const column = columnName(binding, name);
      return short !== undefined && family === 'text' ? short(column) : exact(column, family);
    }),
    known: nullable.length > 0 && nullable.map((name) => `${columnName(binding, name)} IS NOT NULL`).join(' AND '),
  };
}

/** What the rows of a thing say, of each row or of a group. */
function besideRows(
  { superseded, alone }: ReturnType<typeof askedOf>,
  earlier: ReturnType<typeof stepBefore>,
  binding: Binding,
  over: string,
): readonly string[] {
  const { expressions, beside } = binding;
  const order = superseded?.order ?? earlier?.order;
  const largest = order === undefined ? '' : expressions.largest(columnName(binding, order));
  const staying = earlier && stayingBehind(earlier.guard, binding);
  const values = [
    ...(order === undefined ? [] : [[`${largest}${over} AS ${beside.newest}`]]),
    ...(alone === undefined || (earlier && binding.forecast) ? [] : [[`COUNT(*)${over} AS ${beside.rows}`]]),
    ...(staying === undefined
      ? []
      : [over === '' ? [`${staying} AS ${beside.staying}`] : [staying, ` ${over} AS ${beside.staying}`]]),
  ];
  return values.flatMap((lines, at) =>
    at === values.length - 1 ? lines : [...lines.slice(0, -1), `${lines.at(-1)},`],
  );
}

/** Counts the rows that an earlier step leaves, which takes no row but those for which its guard holds. */
const stayingBehind = (guard: Predicate | undefined, binding: Binding): string =>
  guard === undefined
    ? 'SUM(0)'
    : `SUM(CASE WHEN ${printPredicate(guard, binding)
        .map((line) => line.trim())
        .join(' ')} THEN 0 ELSE 1 END)`;

/** The step before this one that deletes what is superseded of the same things, and is on whenever this one is. */
export function stepBefore(
  step: PlannedStep,
  { plan }: Context,
): { readonly order: string; readonly guard: Predicate | undefined } | undefined {
  const { alone } = askedOf(step.rule);
  if (alone === undefined) return undefined;
  return plan.steps
    .slice(0, plan.steps.indexOf(step))
    .filter(
      ({ table, rule }) => table === step.table && (rule.enabledBy ?? step.rule.enabledBy) === step.rule.enabledBy,
    )
    .flatMap(({ rule }) => {
      const { superseded } = askedOf(rule);
      const sameThing = superseded?.by.join().toLowerCase() === alone.by.join().toLowerCase();
      return superseded !== undefined && sameThing ? [{ order: superseded.order, guard: rule.guard }] : [];
    })[0];
}

function askedOf(rule: Step) {
  const parts = rulesOf({ table: rule.table, reasons: rule.reasons }).map(([part]) => part);
  return {
    superseded: parts.find((part) => part.kind === 'superseded'),
    alone: parts.find((part) => part.kind === 'alone'),
  };
}

/** What the key of a step and its rule ask of a row, but for what names its thing: that is long, and sorted with the row. */
function ownColumns({ table, rule }: PlannedStep): readonly string[] {
  const reasons = rule.reasons.map((reason) => ({ ...reason, when: withoutThing(reason.when) }));
  const used = columnsUsedBy({ ...rule, reasons, followers: [] }).filter((use) => use.table === rule.table);
  const names = [...table.primaryKey, ...used.map(({ column }) => findColumn(table, column)?.name ?? column)];
  return [...new Set(names)];
}

function withoutThing(predicate: Predicate): Predicate {
  switch (predicate.kind) {
    case 'all':
    case 'any':
      return { ...predicate, of: predicate.of.map(withoutThing) };
    case 'superseded':
    case 'alone':
      return { ...predicate, by: [] };
    default:
      return predicate;
  }
}
