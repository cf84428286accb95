import type { PlannedChild, PlannedStep } from '../../plan/types.js';
import type { Context } from './context.js';
import { viewCopies } from './copies.js';

export interface ChildView {
  readonly number: number;
  readonly name: string;
  readonly kept: string;
  readonly table: string;
  readonly tableName: string;
  /** The server does not delete these rows by itself, or cannot be trusted to. */
  readonly deletes: boolean;
  /** `gone g JOIN … c`: the rows that hang on the deleted ones. */
  readonly from: readonly string[];
  /** The same joins in the order in which they stand, from the backup of the deleted rows and from the rows themselves. */
  readonly straightJoins: readonly string[];
  readonly joinsFromTable: readonly string[];
  readonly stepTable: string;
  readonly stepBackup: string;
  /** The table that tells which rows of the step go, and what leads to those of a range. */
  readonly stepCopies: string;
  readonly stepHint: string;
  readonly stepKey: string;
  /** Of the step: what a batch spans, and the rule. */
  readonly range: { readonly from: string; readonly upto: string };
  readonly dead: readonly string[];
  readonly backup: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
  readonly deleted: readonly string[];
}

export function viewChild(
  child: PlannedChild,
  at: number,
  step: PlannedStep,
  stepNumber: number,
  dead: readonly string[],
  context: Context,
): ChildView {
  const { dialect, qualify } = context;
  const { identifier, variable, joinInOrder } = dialect.expressions;
  // From the deleted row down to the child; the child itself is always "c", what lies between "p1", "p2" …
  const downward = [...child.path].reverse();
  const joins = (join: string, root: string) =>
    downward.map(({ table, foreignKey }, depth) => {
      const own = depth === downward.length - 1 ? 'c' : `p${depth + 1}`;
      const parent = depth === 0 ? root : `p${depth}`;
      const on = foreignKey.columns.map(
        (column, i) =>
          `${own}.${identifier(column)} = ${parent}.${identifier(foreignKey.referencedColumns[i] ?? column)}`,
      );
      return `${join} ${qualify(table.name)} ${own} ON ${on.join(' AND ')}`;
    });
  const copies = viewCopies(step, context);
  const names = (alias: string) => child.backup.columns.map((column) => `${alias}${identifier(column.name)}`);
  return {
    number: at,
    name: `gone_${stepNumber}_${at}`,
    kept: `kept_${stepNumber}_${at}`,
    table: qualify(child.table.name),
    tableName: child.table.name,
    deletes: !child.cascades || (child.path.length > 1 && !dialect.capabilities.cascadesDeeply),
    from: ['gone g', ...joins('JOIN', 'g')],
    straightJoins: joins(joinInOrder, 'g'),
    joinsFromTable: joins(joinInOrder, 't'),
    stepTable: qualify(step.table.name),
    stepBackup: qualify(step.backup.name),
    stepCopies: copies ? copies.table : '',
    stepHint: copies ? copies.hint : '',
    stepKey: 'column' in step.walk ? identifier(step.walk.column.name) : '',
    range: { from: variable(`from_${stepNumber}`), upto: variable(`upto_${stepNumber}`) },
    dead,
    backup: qualify(child.backup.name),
    columns: names(''),
    values: names('c.'),
    deleted: names('d.'),
  };
}
