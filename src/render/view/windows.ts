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
}

/** False if the rule of a step asks for no other row of its own table. */
export function viewWindows(step: PlannedStep, binding: Binding, context: Context): WindowsView | false {
  const { superseded, alone } = askedOf(step.rule);
  const earlier = alone && stepBefore(step, context);
  const by = superseded?.by ?? alone?.by;
  if (by === undefined) return false;
  const thing = by.map((name) => {
    const family = findColumn(step.table, name)?.family ?? 'other';
    return binding.expressions.exact(columnName(binding, name), family);
  });
  const over = `OVER (PARTITION BY ${thing.join(', ')})`;
  const order = superseded?.order ?? earlier?.order;
  const { expressions, beside } = binding;
  const largest = order === undefined ? '' : expressions.largest(columnName(binding, order));
  const values = [
    ...(order === undefined ? [] : [[`${largest} ${over} AS ${beside.newest}`]]),
    ...(alone === undefined || (earlier && binding.forecast) ? [] : [[`COUNT(*) ${over} AS ${beside.rows}`]]),
    ...(earlier === undefined ? [] : [[`${stayingBehind(earlier.guard, binding)}`, `  ${over} AS ${beside.staying}`]]),
  ];
  return {
    columns: ownColumns(step).map((name) => columnName(binding, name)),
    values: values.flatMap((lines, at) =>
      at === values.length - 1 ? lines : [...lines.slice(0, -1), `${lines.at(-1)},`],
    ),
  };
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

/** What the rule and the key of a step ask of its own table. */
function ownColumns({ table, rule }: PlannedStep): readonly string[] {
  const used = columnsUsedBy({ ...rule, followers: [] }).filter((use) => use.table === rule.table);
  const names = [...table.primaryKey, ...used.map(({ column }) => findColumn(table, column)?.name ?? column)];
  return [...new Set(names)];
}
