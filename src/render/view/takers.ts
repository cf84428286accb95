import type { PlannedStep } from '../../plan/types.js';
import type { Table } from '../../schema/types.js';
import { keptValues } from '../kept-values.js';
import { looksAtOthers } from './batch.js';
import type { Context } from './context.js';

/** A local procedure that copies and deletes rows `t` of a table, if a cleanup does so in more than one place. */
export interface TakerView {
  readonly name: string;
  readonly table: string;
  readonly tableName: string;
  readonly backup: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
  /** Each row has a reason of its own. */
  readonly hasReason: boolean;
}

export function viewTakers(context: Context): readonly TakerView[] | false {
  const { plan, dialect, qualify } = context;
  const { identifier } = dialect.expressions;
  const takers = plan.backups.flatMap(({ source, name: backup, columns }): readonly TakerView[] => {
    const name = takerOf(source, context);
    if (name === false) return [];
    return [
      {
        name,
        table: qualify(source.name),
        tableName: source.name,
        backup: qualify(backup),
        columns: columns.map((column) => identifier(column.name)),
        values: keptValues(columns, 't', dialect.expressions),
        hasReason: plan.steps.some((step) => step.table === source || followsIn(step, source) > 0),
      },
    ];
  });
  return takers.length > 0 && takers;
}

/** Name of the procedure that takes rows of a table; false if only one place does, and without one. */
export function takerOf(table: Table, { plan }: Context): string | false {
  const places = plan.steps
    .map(
      (step) =>
        (step.table === table && takesAtOnce(step) ? 1 : 0) +
        step.children.filter((child) => child.table === table).length +
        followsIn(step, table),
    )
    .reduce((sum, count) => sum + count, 0);
  return places > 1 && `take_${plan.backups.findIndex(({ source }) => source === table) + 1}`;
}

/** Nothing stands between the copies of a step's rows and their delete, which asks no rule again. */
export const takesAtOnce = (step: PlannedStep): boolean =>
  step.walk.kind !== 'limit' &&
  step.children.length === 0 &&
  step.followers.length === 0 &&
  (!looksAtOthers(step) || step.rule.history !== undefined);

const followsIn = ({ followers }: PlannedStep, table: Table): number =>
  followers.filter((follower) => follower.table === table).length;
