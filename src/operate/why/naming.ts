import type { Dialect } from '../../dialects/dialect.js';
import { sqlName } from '../../dialects/sql-name.js';
import type { PlannedStep } from '../../plan/types.js';
import { rulesOf } from '../../policy/visit.js';
import { findColumn, findTable } from '../../schema/find.js';
import type { Column, Schema, Table } from '../../schema/types.js';
import type { Naming } from './read-rows.js';
import { type Search, writtenHashes } from './search.js';

/** A way to find rows of a table by what people know of them. */
export interface WayToRows {
  /** The column that is compared. */
  readonly column: string;
  /** An index leads to the rows. */
  readonly isIndexed: boolean;
  readonly naming: Naming;
}

/** Names that the product gives to ids and to what stands for a secret, in any table. */
const ids = ['TOKEN_ID', 'CODE_ID', 'SESSION_ID', 'CODE'];
const secrets = ['ACCESS_TOKEN', 'REFRESH_TOKEN', 'AUTHORIZATION_CODE'];

interface Where {
  readonly dialect: Dialect;
  readonly schema: Schema;
  readonly namespace?: string;
}

/** All ways to the rows of a step's table that a search names: by its key, by what tells its things apart, by hashes, by a path. */
export const waysToRows = (step: PlannedStep, search: Search, where: Where): readonly WayToRows[] => [
  ...identifiers(step).flatMap((column) => byValue(step.table, column, search, where)),
  ...thingColumns(step).flatMap((column) => byThing(step.table, column, search, where)),
  ...hashes(step.table).flatMap((column) =>
    search.hashes.length === 0 ? [] : [byText(step.table, column, search.hashes.flatMap(writtenHashes), where)],
  ),
  ...(search.isSecret ? plainSecrets(step.table) : []).map((column) =>
    byText(step.table, column, search.values, where),
  ),
  ...byPath(step, search, where),
];

function identifiers({ table, rule }: PlannedStep): readonly Column[] {
  const seen = rulesOf(rule).flatMap(([part]) => (part.kind === 'sighted' ? part.columns : []));
  const [key] = table.primaryKey.flatMap((name) => findColumn(table, name) ?? []);
  const texts = textsOf(table, [...(rule.history?.of ?? []).slice(0, 1), ...seen, ...ids]);
  const keys = key !== undefined && (key.family === 'text' || key.family === 'integer') ? [key] : [];
  return [...new Set([...keys, ...texts])];
}

/** Columns that name a thing of which a newer row may be there: paths. */
const thingColumns = ({ table, rule }: PlannedStep): readonly Column[] =>
  textsOf(
    table,
    rulesOf(rule).flatMap(([part]) => (part.kind === 'superseded' || part.kind === 'alone' ? part.by : [])),
  );

const textsOf = (table: Table, names: readonly string[]): readonly Column[] => [
  ...new Set(names.flatMap((name) => findColumn(table, name) ?? []).filter(({ family }) => family === 'text')),
];

/** A row is judged by all rows of its path, and no index leads there: looking for the path reads the table no more than that. */
const byThing = (table: Table, column: Column, search: Search, where: Where): readonly WayToRows[] =>
  isPath(search) ? [{ ...byText(table, column, search.values, where), isIndexed: true }] : [];

const isPath = ({ values: [whole = ''], isSecret }: Search): boolean => !isSecret && whole.startsWith('/');

const hashes = (table: Table): readonly Column[] =>
  table.columns.filter(
    ({ name, family }) => family === 'text' && /_HASH$/i.test(name) && has(table, name.slice(0, -'_HASH'.length)),
  );

const plainSecrets = (table: Table): readonly Column[] =>
  secrets.filter((name) => !has(table, `${name}_HASH`)).flatMap((name) => findColumn(table, name) ?? []);

const has = (table: Table, name: string): boolean => findColumn(table, name) !== undefined;

const isIndexed = ({ primaryKey, indexes }: Table, { name }: Column): boolean =>
  primaryKey[0] === name || indexes.some(({ columns }) => columns[0] === name);

function byValue(table: Table, column: Column, search: Search, where: Where): readonly WayToRows[] {
  if (column.family !== 'integer') return [byText(table, column, search.values, where)];
  const number = search.isSecret ? undefined : search.values.find((value) => /^-?[0-9]{1,18}$/.test(value));
  if (number === undefined) return [];
  const reference = where.dialect.expressions.identifier(column.name);
  const naming = { condition: (alias: string) => `${alias}.${reference} = ${BigInt(number)}`, parameters: [] };
  return [{ column: column.name, isIndexed: isIndexed(table, column), naming }];
}

function byText(table: Table, column: Column, parameters: readonly string[], { dialect }: Where): WayToRows {
  const { identifier, bound } = dialect.expressions;
  const list = parameters.map((_, at) => bound(at + 1, column)).join(', ');
  return {
    column: column.name,
    isIndexed: isIndexed(table, column),
    naming: { condition: (alias) => `${alias}.${identifier(column.name)} IN (${list})`, parameters },
  };
}

/** A row that is named by the path itself, and one that has the last part of the path as its own name. */
function byPath({ table, rule: { path } }: PlannedStep, search: Search, { dialect, schema, namespace }: Where) {
  const other = path && findTable(schema, path.table);
  const [whole = ''] = search.values;
  const own = path && findColumn(table, path.name);
  const value = path && other && findColumn(other, path.column);
  if (path === undefined || other === undefined || own === undefined || value === undefined) return [];
  if (!isPath(search)) return [];
  const { identifier, bound } = dialect.expressions;
  const end = whole.lastIndexOf('/');
  const live = (of: Table, name: string): string => identifier(findColumn(of, name)?.name ?? name);
  const way = (condition: (reference: string) => string, parameters: readonly string[]): WayToRows => ({
    column: value.name,
    isIndexed: isIndexed(other, value),
    naming: {
      condition: (alias) => {
        const pairs = path.on.map(([theirs, ours]) => `y.${live(other, theirs)} = ${alias}.${live(table, ours)}`);
        const found = `y.${identifier(value.name)} = ${bound(parameters.length, value)}`;
        const from = sqlName(dialect, other.name, namespace);
        return `${condition(`${alias}.${identifier(own.name)}`)} AND EXISTS (SELECT 1 FROM ${from} y WHERE ${[...pairs, found].join(' AND ')})`;
      },
      parameters,
    },
  });
  return [
    way((name) => `${name} IS NULL`, [whole]),
    way((name) => `${name} = ${bound(1, own)}`, [whole.slice(end + 1), whole.slice(0, end) || '/']),
  ];
}
