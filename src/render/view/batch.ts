import type { PlannedChild, PlannedStep } from '../../plan/types.js';
import type { Predicate } from '../../policy/types.js';
import { rulesOf } from '../../policy/visit.js';
import { keptValues } from '../kept-values.js';
import type { Context } from './context.js';

/** A table whose rows go with those of a step, below the rows that they hang on. */
export interface OffspringView {
  /** What a statement calls the rows that go: all of them, and those that the server would not delete. */
  readonly name: string;
  readonly removed: string;
  /** What it calls the rows that they hang on, with the alias `p`. */
  readonly parent: string;
  readonly table: string;
  readonly pairs: readonly string[];
  readonly deletes: boolean;
  readonly backup: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
  /** Columns that tables below refer to. */
  readonly returned: readonly string[] | false;
}

/** A child that the rule of its parent asks. */
export interface AskedChildView {
  readonly table: string;
  readonly tableName: string;
  /** How its rows, `c`, hang on those of the step, `t`. */
  readonly pairs: readonly string[];
}

/** What a batch needs that judges each row once. */
export interface BatchView {
  /** A scalar query: the key of the one row that a batch consists of. */
  readonly rowKey: readonly string[];
  /** Each batch sees the data as of its beginning. */
  readonly oneSnapshot: boolean;
  /** Rows are locked before they are judged: what is judged is what goes, and no other row comes to refer to it. */
  readonly locksFirst: boolean;
  /** Locked before their parents are judged: what they say must not change until both are gone, or stay. */
  readonly askedChildren: readonly AskedChildView[];
  /** The walk begins with a list. */
  readonly lists: boolean;
  /** Parents before children. */
  readonly offspring: readonly OffspringView[];
  /** The same by table, each once, with an expression that counts its rows; false if there are none. */
  readonly others: readonly { readonly table: string; readonly counts: readonly string[] }[] | false;
}

export function viewBatch(step: PlannedStep, context: Context): BatchView {
  const { qualify, dialect } = context;
  const { identifier } = dialect.expressions;
  const children = [...step.children].sort((one, other) => one.path.length - other.path.length);
  const nameOf = (at: number) => `copied_${at + 1}`;
  const offspring = children.map((child, at): OffspringView => {
    const above = children.findIndex((other) => isAbove(other, child));
    const own = child.foreignKey;
    const referred = children
      .filter((other) => isAbove(child, other))
      .flatMap(({ foreignKey }) => foreignKey.referencedColumns);
    return {
      name: nameOf(at),
      removed: `removed_${at + 1}`,
      parent: above === -1 ? 'gone' : nameOf(above),
      table: qualify(child.table.name),
      pairs: own.columns.map(
        (column, i) =>
          `${i === 0 ? '' : 'AND '}c.${identifier(column)} = p.${identifier(own.referencedColumns[i] ?? column)}`,
      ),
      deletes: !child.cascades || (child.path.length > 1 && !dialect.capabilities.cascadesDeeply),
      backup: qualify(child.backup.name),
      columns: child.backup.columns.map(({ name }) => identifier(name)),
      values: keptValues(child.backup.columns, 'c', dialect.expressions),
      returned: referred.length > 0 && [...new Set(referred)].map(identifier),
    };
  });
  const tables = [...new Set(children.map(({ table }) => table.name))];
  return {
    rowKey: rowKey(step, context),
    oneSnapshot: step.followers.length === 0,
    locksFirst: context.plan.keepsRunInRow ? isJudgedUnlocked(step) : isReferredTo(step),
    askedChildren: askedChildren(step).map(({ table, foreignKey: { columns, referencedColumns } }) => ({
      table: qualify(table.name),
      tableName: table.name,
      pairs: columns.map(
        (column, i) =>
          `${i === 0 ? '' : 'AND '}c.${identifier(column)} = t.${identifier(referencedColumns[i] ?? column)}`,
      ),
    })),
    lists: step.list !== undefined,
    offspring,
    others:
      tables.length > 0 &&
      tables.map((table) => ({
        table,
        counts: children
          .flatMap((child, at) => (child.table.name === table ? [`(SELECT count(*) FROM ${nameOf(at)})`] : []))
          .map((count, at) => (at === 0 ? count : `+ ${count}`)),
      })),
  };
}

function rowKey({ table, list, walk }: PlannedStep, { dialect, qualify }: Context): readonly string[] {
  const { identifier, variable } = dialect.expressions;
  const run = variable('run');
  const key = table.primaryKey.map((column) => `t.${identifier(column)}`);
  if (walk.kind === 'list' && list !== undefined) {
    const listed = list.key.map(({ name }) => `l.${identifier(name)}`);
    return [
      `SELECT concat_ws(', ', ${listed.join(', ')})`,
      `FROM ${qualify(list.name)} l`,
      `WHERE l.run_id = ${run}.run_id AND l.line = ${run}.place`,
    ];
  }
  const told = key.length === 0 ? 't.ctid::text' : `concat_ws(', ', ${key.join(', ')})`;
  return [`SELECT ${told}`, `FROM ${qualify(table.name)} t`, `WHERE t.ctid = ${run}.from_tid`];
}

/** The rows of the one lead to those of the other by one foreign key. */
export const isAbove = (upper: PlannedChild, lower: PlannedChild): boolean =>
  lower.path.length === upper.path.length + 1 &&
  lower.path.slice(1).every(({ foreignKey }, at) => foreignKey === upper.path[at]?.foreignKey);

/** One snapshot sees who refers to a row; if a batch has none, rows that others refer to are locked first. */
const isReferredTo = ({ followers, children, keptBy }: PlannedStep): boolean =>
  followers.length > 0 && (children.length > 0 || keptBy.length > 0);

/** A judgement that asks rows of other tables, which stay as they are no longer than it takes to read them. */
export const looksAtOthers = ({ rule, keptBy, followers }: PlannedStep): boolean =>
  keptBy.length > 0 ||
  followers.length > 0 ||
  rulesOf(rule).some(
    ([part]) =>
      (part.kind === 'noRow' && part.onlyLeave === undefined) || part.kind === 'someRow' || part.kind === 'outlives',
  );

/** The same, or one that asks the history of the same thing: it asks other rows than the one that it locks. */
const isJudgedUnlocked = (step: PlannedStep): boolean => step.rule.history !== undefined || looksAtOthers(step);

/**
 * Children that may keep their parent. Gone by the time of its delete, such a child could not keep it any more: what it says
 * must not change meanwhile.
 */
export function askedChildren({ rule, children }: PlannedStep): readonly PlannedChild[] {
  const asked = new Set(
    rulesOf(rule).flatMap(([part]) =>
      part.kind === 'noRow' && part.onlyLeave === undefined ? [part.table.toLowerCase()] : [],
    ),
  );
  return children.filter(({ table, path }) => path.length === 1 && asked.has(table.name.toLowerCase()));
}

/**
 * What the rule of a step asks of a child in order to keep its parent, if the server refuses to delete a parent that has
 * such a row: then no lock is needed from the judgement on. Empty if it does not, or if any row would keep it.
 */
export function askedByRefusingKey(
  { table, foreignKey: { columns, onDelete }, path }: PlannedChild,
  { rule }: PlannedStep,
): readonly (Predicate & { readonly kind: 'noRow' })[] {
  if (path.length > 1 || (onDelete !== 'NO ACTION' && onDelete !== 'RESTRICT')) return [];
  const asked = rulesOf(rule).flatMap(([part]) =>
    part.kind === 'noRow' && part.onlyLeave === undefined && part.table.toLowerCase() === table.name.toLowerCase()
      ? [part]
      : [],
  );
  const own = columns.map((name) => name.toLowerCase());
  const areKey = asked.every(
    ({ on, where }) =>
      where !== undefined && on.length === own.length && on.every(([theirs]) => own.includes(theirs.toLowerCase())),
  );
  return areKey ? asked : [];
}
