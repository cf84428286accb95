import type { Dialect } from '../../dialects/dialect.js';
import type { PlannedStep } from '../../plan/types.js';
import { rulesOf } from '../../policy/visit.js';
import { findColumn } from '../../schema/find.js';
import type { Column, Table } from '../../schema/types.js';
import type { Naming } from './read-rows.js';
import { type Search, writtenHashes } from './search.js';

/** A column by which people know the rows of a table. */
export interface NamingColumn {
  readonly column: Column;
  readonly holds: 'identifier' | 'hash' | 'secret';
  /** An index leads to the rows with a value. */
  readonly isIndexed: boolean;
}

/** Names that the product gives to ids and to what stands for a secret, in any table. */
const ids = ['TOKEN_ID', 'CODE_ID', 'SESSION_ID', 'CODE'];
const secrets = ['ACCESS_TOKEN', 'REFRESH_TOKEN', 'AUTHORIZATION_CODE'];

/** The columns that may name a row of a step's table: its key, what tells its things apart, and hashes of secrets. */
export function namingColumns({ table, rule }: PlannedStep): readonly NamingColumn[] {
  const things = rulesOf(rule).flatMap(([part]) => {
    if (part.kind === 'superseded' || part.kind === 'alone') return part.by;
    return part.kind === 'sighted' ? part.columns : [];
  });
  const known = [...table.primaryKey.slice(0, 1), ...(rule.history?.of ?? []).slice(0, 1), ...things, ...ids];
  const identifiers = known.flatMap((name, at) => {
    const column = findColumn(table, name);
    const names = column?.family === 'text' || (at === 0 && column?.family === 'integer');
    return column !== undefined && names ? [column] : [];
  });
  const hashes = table.columns.filter(
    ({ name, family }) => family === 'text' && /_HASH$/i.test(name) && has(table, name.slice(0, -'_HASH'.length)),
  );
  const plain = secrets.filter((name) => !has(table, `${name}_HASH`)).flatMap((name) => findColumn(table, name) ?? []);
  const of = (columns: readonly Column[], holds: NamingColumn['holds']): readonly NamingColumn[] =>
    [...new Set(columns)].map((column) => ({ column, holds, isIndexed: isIndexed(table, column) }));
  return [...of(identifiers, 'identifier'), ...of(hashes, 'hash'), ...of(plain, 'secret')];
}

const has = (table: Table, name: string): boolean => findColumn(table, name) !== undefined;

const isIndexed = ({ primaryKey, indexes }: Table, { name }: Column): boolean =>
  primaryKey[0] === name || indexes.some(({ columns }) => columns[0] === name);

/** The rows that a search names by a column; undefined if the column can hold nothing of it. */
export function namingBy(
  { column, holds }: NamingColumn,
  search: Search,
  { expressions }: Dialect,
): Naming | undefined {
  const reference = (alias: string): string => `${alias}.${expressions.identifier(column.name)}`;
  if (column.family === 'integer') {
    const number = search.isSecret ? undefined : search.values.find((value) => /^-?[0-9]{1,18}$/.test(value));
    return number === undefined
      ? undefined
      : { condition: (alias) => `${reference(alias)} = ${BigInt(number)}`, parameters: [] };
  }
  if (holds === 'secret' && !search.isSecret) return undefined;
  const parameters = holds === 'hash' ? search.hashes.flatMap(writtenHashes) : search.values;
  if (parameters.length === 0) return undefined;
  const list = parameters.map((_, at) => expressions.bound(at + 1, column)).join(', ');
  return { condition: (alias) => `${reference(alias)} IN (${list})`, parameters };
}
