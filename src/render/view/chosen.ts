import { isLed } from '../../plan/advise.js';
import type { PlannedChild, PlannedStep } from '../../plan/types.js';
import { findColumn } from '../../schema/find.js';
import type { Column, ForeignKey, Schema, Table } from '../../schema/types.js';
import type { Context } from './context.js';

/** The rows of a batch that are dead, in a table that is a variable: what is copied and deleted, and what goes with it. */
export interface ChosenView {
  readonly name: string;
  /** `name type` of each column, and the key. */
  readonly definitions: readonly string[];
  readonly primaryKey: readonly string[];
  readonly columns: readonly string[];
  /** The same of a row `t` of the table, and of the judgement `d`. */
  readonly read: readonly string[];
  readonly judged: readonly string[];
  /** Its row `b` is the row `t`. */
  readonly on: string;
  readonly families: readonly FamilyView[];
  /** What leads to followers: their columns of the list, of a row `b`. */
  readonly leads: readonly string[];
  /** `e` belongs to the same thing as `b`, has a reason of its own, and is not older. */
  readonly endedBy: string;
  /** To delete a row has the server read another table whole, which it should do once for the batch. */
  readonly looksInto: boolean;
}

/** A table of which rows go with those of a batch, as it is joined to them: `b` are these rows, `c` its own. */
interface GoingView {
  readonly table: string;
  readonly tableName: string;
  readonly joins: readonly string[];
  readonly backup: string;
  readonly columns: readonly string[];
  readonly deletedValues: readonly string[];
  readonly deletes: boolean;
  readonly looksInto: boolean;
}

interface FamilyView {
  readonly child: GoingView;
  /** What hangs on its rows, deepest first. */
  readonly below: readonly GoingView[] | false;
}

/** False if the table has no key by which a row could be told from another. */
export function viewChosen(step: PlannedStep, number: number, context: Context): ChosenView | false {
  const { table, children, followers, rule } = step;
  if (table.primaryKey.length === 0) return false;
  const { dialect, plan } = context;
  const { identifier, columnType, variable } = dialect.expressions;
  const wanted = [
    ...table.primaryKey,
    ...children.flatMap(({ path }) => path.at(-1)?.foreignKey.referencedColumns ?? []),
    ...followers.flatMap(({ on }) => on.map(([, ours]) => ours)),
    ...(rule.history ? [...rule.history.of, rule.history.order] : []),
  ].flatMap((name) => findColumn(table, name) ?? []);
  const columns = [...new Map(wanted.map((column) => [column.name, column])).values()];
  const names = (of: readonly Column[], alias: string) => of.map(({ name }) => `${alias}.${identifier(name)}`);
  const going = (child: PlannedChild) => viewGoing(child, context);
  const leads = followers.flatMap(({ on }) => on.map(([, ours]) => findColumn(table, ours)?.name ?? ours));
  return {
    name: variable(`dead_${number}`),
    definitions: columns.map(
      (column) =>
        `${identifier(column.name)} ${columnType(column)} ${table.primaryKey.includes(column.name) ? 'NOT NULL' : 'NULL'}`,
    ),
    primaryKey: table.primaryKey.map(identifier),
    columns: columns.map(({ name }) => identifier(name)),
    read: names(columns, 't'),
    judged: names(columns, 'd'),
    on: table.primaryKey.map((key) => `t.${identifier(key)} = b.${identifier(key)}`).join(' AND '),
    families: children
      .filter(({ path }) => path.length === 1)
      .flatMap((child): readonly FamilyView[] => {
        const below = children.filter(
          ({ path }) => path.length > 1 && path.at(-1)?.foreignKey === child.foreignKey && mustGo(plan.backup, path),
        );
        if (below.length === 0 && !mustGo(plan.backup, child.path)) return [];
        return [{ child: going(child), below: below.length > 0 && below.map(going) }];
      }),
    leads: [...new Set(leads)].map((name) => `b.${identifier(name)}`),
    endedBy: endedBy(step, context),
    looksInto: looksInto(table, plan.schema),
  };
}

function endedBy({ table, rule: { history } }: PlannedStep, { dialect }: Context): string {
  if (history === undefined) return '';
  const own = (name: string) => dialect.expressions.identifier(findColumn(table, name)?.name ?? name);
  const order = own(history.order);
  const same = history.of.map((name) => `e.${own(name)} = b.${own(name)}`);
  return [...same, 'e.REASON IS NOT NULL', `e.${order} >= b.${order}`].join(' AND ');
}

/** If nothing is kept of child rows, those that cascade are left to the server. */
const mustGo = (backup: string, path: PlannedChild['path']): boolean =>
  backup !== 'none' || path.some(({ foreignKey }) => foreignKey.onDelete !== 'CASCADE');

function viewGoing(child: PlannedChild, { dialect, plan, qualify }: Context): GoingView {
  const { identifier } = dialect.expressions;
  const downward = [...child.path].reverse();
  return {
    table: qualify(child.table.name),
    tableName: child.table.name,
    joins: downward.map(({ table, foreignKey }, depth) => {
      const isOwn = depth === downward.length - 1;
      const own = isOwn ? 'c' : `p${depth + 1}`;
      const parent = depth === 0 ? 'b' : `p${depth}`;
      const on = foreignKey.columns.map(
        (column, i) =>
          `${own}.${identifier(column)} = ${parent}.${identifier(foreignKey.referencedColumns[i] ?? column)}`,
      );
      const led = isLed(table, foreignKey.columns);
      const hint = isOwn ? ` WITH (${lockOf(led, foreignKey)})` : '';
      return `INNER ${led ? 'LOOP' : 'HASH'} JOIN ${qualify(table.name)} AS ${own}${hint} ON ${on.join(' AND ')}`;
    }),
    backup: qualify(child.backup.name),
    columns: child.backup.columns.map(({ name }) => identifier(name)),
    deletedValues: child.backup.columns.map(({ name }) => `deleted.${identifier(name)}`),
    deletes: mustGo(plan.backup, child.path),
    looksInto: looksInto(child.table, plan.schema),
  };
}

/**
 * No row may come in that the server would take along without a copy. If no index leads to the rows, that takes the whole
 * table, as the server's own cascade does; a row that it would not take along makes the delete of its parent fail.
 */
const lockOf = (led: boolean, { onDelete }: ForeignKey): string =>
  led ? 'HOLDLOCK, ROWLOCK' : onDelete === 'CASCADE' ? 'TABLOCKX' : 'ROWLOCK';

/** Some table refers to this one without an index that begins with its key. */
const looksInto = ({ name }: Table, { tables }: Schema): boolean =>
  tables.some((table) =>
    table.foreignKeys.some(({ references, columns }) => references === name && !isLed(table, columns)),
  );
