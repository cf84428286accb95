import type { Dialect } from '../dialects/dialect.js';
import { rulesOf } from '../policy/visit.js';
import { findColumn, findTable } from '../schema/find.js';
import type { Column, Table } from '../schema/types.js';
import { supportName } from './names.js';
import type { Plan, PlannedStep } from './types.js';
import { isTenant } from './walk.js';

/** An index that the product does not have, and that a cleanup would make use of. */
export interface IndexAdvice {
  readonly table: string;
  readonly columns: readonly string[];
  /** What happens without it. */
  readonly helps: string;
  /** Bytes that one entry takes, roughly: text counts as 36 characters, the length of most keys. */
  readonly entryBytes: number;
  /** The statement that makes it, for whoever decides to. */
  readonly statement: string;
}

/** Indexes that would help the cleanup of a plan, each once. None is ever made by deepclean. */
export function adviseIndexes(plan: Plan, dialect: Dialect): readonly IndexAdvice[] {
  const advise = (table: Table, columns: readonly string[], helps: string): IndexAdvice => ({
    table: table.name,
    columns: columns.map((name) => findColumn(table, name)?.name ?? name),
    helps,
    entryBytes: columns.reduce((sum, name) => sum + widthOf(findColumn(table, name)), overheadBytes),
    statement: statementOf(table, columns, plan, dialect),
  });
  const all = plan.steps.flatMap((step) => [
    ...childAdvice(step, advise),
    ...lookUpAdvice(step, plan, advise),
    ...followerAdvice(step, advise),
    ...listAdvice(step, dialect, advise),
    ...walkAdvice(step, advise),
  ]);
  return [...new Map(all.map((one) => [one.statement, one])).values()];
}

type Advise = (table: Table, columns: readonly string[], helps: string) => IndexAdvice;

const childAdvice = ({ table, children }: PlannedStep, advise: Advise): readonly IndexAdvice[] =>
  children.flatMap(({ table: child, foreignKey }) =>
    isLed(child, foreignKey.columns)
      ? []
      : [advise(child, foreignKey.columns, `each row deleted from ${table.name} has ${child.name} read whole`)],
  );

function lookUpAdvice({ rule, table }: PlannedStep, { schema }: Plan, advise: Advise): readonly IndexAdvice[] {
  return rulesOf(rule).flatMap(([part]) => {
    if (part.kind !== 'noRow' && part.kind !== 'someRow') return [];
    const other = findTable(schema, part.table);
    const columns = part.on.map(([theirs]) => theirs);
    if (other === undefined || isLed(other, columns)) return [];
    return [advise(other, columns, `each row of ${table.name} that is judged has ${other.name} read whole`)];
  });
}

const followerAdvice = ({ followers, table }: PlannedStep, advise: Advise): readonly IndexAdvice[] =>
  followers.flatMap(({ table: follower, on }) => {
    const columns = on.map(([theirs]) => theirs);
    return isLed(follower, columns)
      ? []
      : [advise(follower, columns, `each batch of ${table.name} has ${follower.name} read whole`)];
  });

/** Rows with large objects that are read to see whether they have ended. */
function listAdvice({ table, list, rule }: PlannedStep, dialect: Dialect, advise: Advise): readonly IndexAdvice[] {
  const [thing] = rule.history?.of ?? [];
  const hasObjects = table.columns.some(({ family }) => family === 'binary');
  if (list?.content !== 'keys' || list.coveringIndex !== undefined || thing === undefined || !hasObjects) return [];
  // Where objects stand apart from their rows, reading the rows does not read them.
  if (dialect.capabilities.storesObjectsApart) return [];
  const ends = rulesOf({ ...rule, followers: [] }).flatMap(([part]) =>
    part.kind === 'epochBefore' ? [part.column] : [],
  );
  const [first = thing] = ends.filter((column) => !table.primaryKey.some((key) => key.toUpperCase() === column));
  if (first === thing) return [];
  return [
    advise(
      table,
      [first, thing],
      'the list of what has ended, made once a run, is made by reading every row with its object',
    ),
  ];
}

const walkAdvice = ({ table, walk }: PlannedStep, advise: Advise): readonly IndexAdvice[] => {
  const column = table.columns.find(({ nullable, family }) => !nullable && family !== 'other' && family !== 'binary');
  return walk.kind !== 'limit' || column === undefined
    ? []
    : [advise(table, [column.name], 'it has neither key nor index to go along, so each batch reads it from its start')];
};

/** Some index, or the key, begins with these columns in any order, or with the first of them where that tells most. */
export function isLed(table: Table, columns: readonly string[]): boolean {
  const wanted = columns.map((column) => column.toLowerCase());
  return [table.primaryKey, ...table.indexes.map((index) => index.columns)].some((index) => {
    const begin = index.slice(0, wanted.length).map((column) => column.toLowerCase());
    if (begin.length === wanted.length && begin.every((column) => wanted.includes(column))) return true;
    // A column of few values, such as a tenant, is no way in by itself.
    return begin.length > 0 && wanted.includes(begin[0] ?? '') && !isTenant(begin[0] ?? '');
  });
}

const overheadBytes = 16;

function widthOf(column: Column | undefined): number {
  if (column === undefined) return 0;
  if (column.family !== 'text') return 8;
  const declared = Number(/\((\d+)\)/.exec(column.type)?.[1] ?? 36);
  return Math.min(declared, 36);
}

function statementOf(table: Table, columns: readonly string[], plan: Plan, dialect: Dialect): string {
  const { identifier } = dialect.expressions;
  const name = supportName(dialect, 'idx_', `${table.name}_${columns.join('_')}`);
  const namespace = plan.schema.namespace === undefined ? '' : `${identifier(plan.schema.namespace)}.`;
  const live = columns.map((column) => identifier(findColumn(table, column)?.name ?? column));
  return `CREATE INDEX ${identifier(name)} ON ${namespace}${identifier(table.name)} (${live.join(', ')})`;
}
