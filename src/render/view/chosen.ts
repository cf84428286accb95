import { isLed } from '../../plan/advise.js';
import type { PlannedChild, PlannedStep } from '../../plan/types.js';
import type { Predicate } from '../../policy/types.js';
import { findColumn } from '../../schema/find.js';
import type { Column, ForeignKey, Schema, Table } from '../../schema/types.js';
import { keptValues } from '../kept-values.js';
import { printPredicate } from '../predicate.js';
import { askedByRefusingKey, isAbove } from './batch.js';
import { inProcedure } from './bindings.js';
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

/** A table of which rows go with those of a batch; `c` are its rows, `b` those that they hang on. */
interface GoingView {
  readonly table: string;
  readonly tableName: string;
  /** `FROM … AS b`, and the join of `c`: of the rows that go, where they were not noted, or of the noted ones by their key. */
  readonly above: string;
  readonly join: string;
  readonly backup: string;
  readonly columns: readonly string[];
  readonly deletedValues: readonly string[];
  readonly deletes: boolean;
  readonly looksInto: boolean;
  readonly noted: NotedView | false;
}

/** Rows that are noted and locked before anything that hangs on them goes, in a table that is a variable. */
interface NotedView {
  readonly name: string;
  readonly table: string;
  readonly definitions: readonly string[];
  readonly primaryKey: readonly string[];
  readonly columns: readonly string[];
  readonly values: readonly string[];
  /** `FROM … AS b`, and the join of `c`. */
  readonly from: string;
  readonly join: string;
  /** They were found by a scan, so they are locked one by one: that a row `c` still is the noted row `b`. */
  readonly stillSo: readonly string[] | false;
}

interface FamilyView {
  readonly child: GoingView;
  /** What hangs on its rows: in the order in which they are noted, parents first, and in that of the deletes. */
  readonly notedBelow: readonly NotedView[] | false;
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
  const going = (child: PlannedChild) => viewGoing(child, step, number, context);
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
        const goingBelow = below.map(going);
        const notedBelow = goingBelow.flatMap(({ noted }) => (noted ? [noted] : [])).reverse();
        return [
          {
            child: going(child),
            notedBelow: notedBelow.length > 0 && notedBelow,
            below: goingBelow.length > 0 && goingBelow,
          },
        ];
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

function viewGoing(child: PlannedChild, step: PlannedStep, number: number, context: Context): GoingView {
  const { dialect, plan, qualify } = context;
  const { identifier } = dialect.expressions;
  const own = child.foreignKey;
  const above = step.children.find((other) => isAbove(other, child));
  const noted = viewNoted(child, step, number, context);
  const from = above === undefined ? variableOf(step, number, context) : notedName(above, step, number, context);
  const table = qualify(child.table.name);
  return {
    table,
    tableName: child.table.name,
    above: noted ? noted.name : from,
    join: noted
      ? `INNER LOOP JOIN ${table} AS c WITH (ROWLOCK) ON ${noted.primaryKey.map((key) => `c.${key} = b.${key}`).join(' AND ')}`
      : joinOf(child, table, [...pairs(own, context), ...stillTheirs(child, step, context)], leafLockOf(child)),
    backup: qualify(child.backup.name),
    columns: child.backup.columns.map(({ name }) => identifier(name)),
    deletedValues: keptValues(child.backup.columns, 'deleted', dialect.expressions),
    deletes: mustGo(plan.backup, child.path),
    looksInto: looksInto(child.table, plan.schema),
    noted,
  };
}

/**
 * Rows on which others hang must be known, and stay as they are, before those go. So must rows which no index leads to, and
 * which the server would not take along by itself: a delete that looks for them would lock all that it reads.
 */
function viewNoted(child: PlannedChild, step: PlannedStep, number: number, context: Context): NotedView | false {
  const { dialect, qualify } = context;
  const { identifier, columnType } = dialect.expressions;
  const { table, foreignKey } = child;
  const isScanned = !isLed(table, foreignKey.columns) && refuses(foreignKey);
  const referred = step.children
    .filter((other) => isAbove(child, other))
    .flatMap((other) => other.foreignKey.referencedColumns);
  if (referred.length === 0 && (!isScanned || table.primaryKey.length === 0)) return false;
  // What others refer to is a key as well.
  const key = table.primaryKey.length > 0 ? table.primaryKey : [...new Set(referred)];
  const wanted = [...new Set([...key, ...referred, ...(isScanned ? foreignKey.columns : [])])];
  const columns = wanted.flatMap((name) => findColumn(table, name) ?? []);
  const above = step.children.find((other) => isAbove(other, child));
  const names = columns.map(({ name }) => identifier(name));
  const lock = isScanned ? undefined : notedLockOf(child);
  const theirs = stillTheirs(child, step, context);
  return {
    name: notedName(child, step, number, context),
    table: qualify(table.name),
    definitions: columns.map((column) => `${identifier(column.name)} ${columnType(column)} NOT NULL`),
    primaryKey: key.map((name) => identifier(findColumn(table, name)?.name ?? name)),
    columns: names,
    values: names.map((name) => `c.${name}`),
    from: above === undefined ? variableOf(step, number, context) : notedName(above, step, number, context),
    join: joinOf(child, qualify(table.name), [...pairs(foreignKey, context), ...theirs], lock),
    stillSo: isScanned && [
      ...[...new Set([...key, ...foreignKey.columns])].map((name, at) => {
        const column = identifier(findColumn(table, name)?.name ?? name);
        return `${at === 0 ? '' : 'AND '}c.${column} = b.${column}`;
      }),
      ...theirs.map((condition) => `AND ${condition}`),
    ],
  };
}

const variableOf = (_: PlannedStep, number: number, { dialect }: Context): string =>
  dialect.expressions.variable(`dead_${number}`);

const notedName = (child: PlannedChild, step: PlannedStep, number: number, { dialect }: Context): string =>
  dialect.expressions.variable(`going_${number}_${step.children.indexOf(child) + 1}`);

const pairs = ({ columns, referencedColumns }: ForeignKey, { dialect }: Context): readonly string[] =>
  columns.map(
    (column, i) =>
      `c.${dialect.expressions.identifier(column)} = b.${dialect.expressions.identifier(referencedColumns[i] ?? column)}`,
  );

const joinOf = (
  { table, foreignKey }: PlannedChild,
  name: string,
  on: readonly string[],
  lock: string | undefined,
): string =>
  `INNER ${isLed(table, foreignKey.columns) ? 'LOOP' : 'HASH'} JOIN ${name} AS c${lock === undefined ? '' : ` WITH (${lock})`} ON ${on.join(' AND ')}`;

/** A row that would keep its parent, and came to do so since that was judged, stays; then the server refuses the parent. */
function stillTheirs(child: PlannedChild, step: PlannedStep, context: Context): readonly string[] {
  const { schema } = context.plan;
  const binding = { ...inProcedure(step, 'c', context), schema, table: child.table };
  return askedByRefusingKey(child, step).flatMap(({ where }) => {
    if (where === undefined) return [];
    const not: Predicate =
      where.kind === 'isNotNull' ? { kind: 'isNull', column: where.column } : { kind: 'unless', rule: where };
    return [printPredicate(not, binding).join(' ')];
  });
}

/** The server refuses to delete a parent while such a row is there. */
const refuses = ({ onDelete }: ForeignKey): boolean => onDelete === 'NO ACTION' || onDelete === 'RESTRICT';

/**
 * No row may come in that the server would take along without a copy, or take the reference from. If no index leads to the
 * rows, that takes the whole table, as the server's own cascade does.
 */
const leafLockOf = ({ table, foreignKey }: PlannedChild): string =>
  refuses(foreignKey) ? 'ROWLOCK' : isLed(table, foreignKey.columns) ? 'HOLDLOCK, ROWLOCK' : 'TABLOCKX';

/** The same of rows that are noted: until they go, nobody changes them. */
const notedLockOf = ({ table, foreignKey }: PlannedChild): string =>
  refuses(foreignKey)
    ? 'UPDLOCK, ROWLOCK'
    : isLed(table, foreignKey.columns)
      ? 'UPDLOCK, HOLDLOCK, ROWLOCK'
      : 'TABLOCKX';

/** Some table refers to this one without an index that begins with its key. */
const looksInto = ({ name }: Table, { tables }: Schema): boolean =>
  tables.some((table) =>
    table.foreignKeys.some(({ references, columns }) => references === name && !isLed(table, columns)),
  );
