import type { Predicate } from '../policy/types.js';
import { findColumn } from '../schema/find.js';
import { type Binding, columnName } from './binding.js';

/** A row that is not among the newest: looked up in the list that the run made, or in a view counted anew. */
export function printSuperseded(
  { by, order }: Predicate & { kind: 'superseded' },
  binding: Binding,
): readonly string[] {
  const { expressions, list, newestUpto, range, table } = binding;
  const ident = (name: string) => expressions.identifier(findColumn(table, name)?.name ?? name);
  const known = areKnown(by, binding);
  const key = table.primaryKey.map(ident);
  if (list !== undefined && newestUpto !== undefined) {
    const listed = [...known, `${columnName(binding, order)} <= ${newestUpto}`].join(' AND ');
    const row = key.map((name) => `${binding.alias}.${name}`);
    const along = range && table.primaryKey.find((name) => name === range.column);
    if (expressions.comparesRows && range !== undefined && along !== undefined) {
      // One look at the listed keys of the range, instead of one for each of its rows
      const keys = key.map((name) => `n.${name}`);
      return [
        listed,
        `AND (${row.join(', ')}) NOT IN (`,
        `      SELECT ${expressions.madeOnce}${keys.join(', ')} FROM ${list} n`,
        `      WHERE n.${ident(along)} BETWEEN ${range.from} AND ${range.upto})`,
      ];
    }
    const pairs = key.map((name, at) => `n.${name} = ${row[at]}`).join(' AND ');
    return [listed, `AND NOT EXISTS (SELECT 1 FROM ${list} n WHERE ${pairs})`];
  }
  if (binding.newestOfThing !== undefined) {
    return [[...known, `${columnName(binding, order)} < ${binding.newestOfThing}`].join(' AND ')];
  }
  const newest = newestRows(by, order, { ...binding, alias: 'n' });
  if (!expressions.comparesRows) {
    const columns = newest.columns.map((column, at) =>
      column === `n.${key[at]}` ? column : `${column} AS ${key[at]}`,
    );
    return [
      ...known.map((line) => `${line} AND`),
      'NOT EXISTS (',
      '  SELECT 1 FROM (',
      `    SELECT ${columns.join(', ')} FROM ${binding.tableName(table)} n`,
      `    WHERE ${newest.where} GROUP BY ${newest.groups.join(', ')}`,
      '  ) k',
      `  WHERE ${key.map((name) => `k.${name} = ${binding.alias}.${name}`).join(' AND ')})`,
    ];
  }
  return [
    ...known.map((line) => `${line} AND`),
    `(${key.map((name) => `${binding.alias}.${name}`).join(', ')}) NOT IN (`,
    `  SELECT ${newest.columns.join(', ')} FROM ${binding.tableName(table)} n`,
    `  WHERE ${newest.where} GROUP BY ${newest.groups.join(', ')})`,
  ];
}

/** The keys of the newest rows, for SELECT: what is selected for each column of the key, from which rows, by group. */
export function newestRows(by: readonly string[], order: string, binding: Binding) {
  const { expressions, table } = binding;
  const isOrder = (name: string) => name.toLowerCase() === order.toLowerCase();
  const groups = by.map((name) => {
    const column = columnName(binding, name);
    const isKey = table.primaryKey.some((one) => one.toLowerCase() === name.toLowerCase());
    return isKey ? column : expressions.exact(column, findColumn(table, name)?.family ?? 'other');
  });
  const conditions = areKnown(by, binding);
  return {
    columns: table.primaryKey.map((name) => {
      const column = columnName(binding, name);
      return isOrder(name) ? expressions.largest(column) : column;
    }),
    where: conditions.length === 0 ? '1 = 1' : conditions.join(' AND '),
    groups,
  };
}

/** Of a thing that has no name nothing can be the newest. */
const areKnown = (by: readonly string[], binding: Binding): readonly string[] =>
  by
    .filter((name) => findColumn(binding.table, name)?.nullable !== false)
    .map((name) => `${columnName(binding, name)} IS NOT NULL`);
