import type { PlannedChild, PlannedStep } from '../../plan/types.js';
import { keptValues } from '../kept-values.js';
import { askedChildren } from './batch.js';
import { isIndexed } from './choice.js';
import type { Context } from './context.js';
import { viewCopies } from './copies.js';
import { takerOf } from './takers.js';

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
  readonly range: { readonly from: string; readonly upto: string; readonly after: string };
  readonly dead: readonly string[];
  readonly backup: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
  readonly deleted: readonly string[];
  /** No index leads to these rows, so a delete of their parent would lock the whole table; and it is not locked yet. */
  readonly locksTable: boolean;
  /** The local procedure that takes them, if several places do. */
  readonly taker: string | false;
  /** A column of theirs, for a statement that locks them. */
  readonly ownColumn: string;
  /** What has the server look them up row by row, with a blank behind it; empty if nothing can. */
  readonly lookUp: string;
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
    range: {
      from: variable(`from_${stepNumber}`),
      upto: variable(`upto_${stepNumber}`),
      after: variable(`after_${stepNumber}`),
    },
    dead,
    backup: qualify(child.backup.name),
    columns: child.backup.columns.map(({ name }) => identifier(name)),
    values: keptValues(child.backup.columns, 'c', dialect.expressions),
    deleted: keptValues(child.backup.columns, 'd', dialect.expressions),
    taker: takerOf(child.table, context),
    locksTable: !isIndexed(child.table, child.foreignKey) && !askedChildren(step).includes(child),
    ownColumn: `c.${identifier(child.foreignKey.columns[0] ?? '')}`,
    lookUp: lookUp(child, context),
  };
}

/** Only if an index leads to every table on the way. */
function lookUp({ path }: PlannedChild, { dialect }: Context): string {
  const { lookUpInOrder } = dialect.expressions;
  const indexed = path.every(({ table, foreignKey }) => isIndexed(table, foreignKey));
  const between = path.slice(1).map((_, at) => `p${at + 1}`);
  return indexed && lookUpInOrder !== undefined ? `${lookUpInOrder(['g', ...between, 'c'], true)} ` : '';
}
