import { groupedBy } from '../group-by.js';
import { type Found, must, NotUnderstood } from '../only.js';
import type { Delete, Expression, Insert, Output, Query, Source } from '../sql.js';
import { found, list, parts, readExpression } from './read-expression.js';

/** A query, which in an expression or in FROM stands in a wrapping of its own. */
export function readQuery(value: unknown): Query {
  const node = found(value, 'a query');
  const { ast, ...select } = node;
  const first = ast === undefined ? readSelect(select) : readSelect(found(ast, 'a query'));
  return first;
}

function readSelect(node: Found): Query {
  if (node.type !== 'select') throw new NotUnderstood('a query', node);
  const {
    columns,
    from,
    where,
    groupby,
    _next: next,
    set_op: how,
  } = parts(node, ['columns', 'from', 'where', 'groupby', 'distinct', 'into', '_next', 'set_op', 'locking_read']);
  const own: Query = {
    kind: 'select',
    columns: groupedBy(readGroups(groupby), list(columns, 'columns').map(readOutput)),
    from: from === undefined ? [] : list(from, 'tables').map(readSource),
    ...(where !== undefined && { where: readExpression(where) }),
  };
  if (next === undefined) return own;
  if (how !== 'union all') throw new NotUnderstood(String(how), node);
  return { kind: 'union', of: [own, readSelect(found(next, 'a query'))] };
}

/** The parser says of each whether it is rolled up. */
function readGroups(value: unknown): readonly Expression[] {
  if (value === undefined) return [];
  const { columns, modifiers } = parts(found(value, 'groups'), ['columns', 'modifiers']);
  if (list(modifiers ?? [], 'modifiers').some((one) => one !== null)) throw new NotUnderstood('groups', value);
  return list(columns, 'groups').map(readExpression);
}

function readOutput(value: unknown): Output {
  const { expr, as } = parts(found(value, 'a column'), ['expr', 'as']);
  const { type, table, column } = found(expr, 'a value');
  if (type === 'column_ref' && column === '*') return { allOf: String(must(table, 'a table')) };
  return { name: String(as ?? (type === 'column_ref' ? column : '')), value: readExpression(expr) };
}

function readSource(value: unknown): Source {
  const { table, as, expr, join, on } = parts(found(value, 'a table'), [
    'db',
    'table',
    'as',
    'expr',
    'join',
    'on',
    'prefix',
  ]);
  if (join !== undefined && join !== 'STRAIGHT_JOIN' && join !== 'INNER JOIN')
    throw new NotUnderstood(String(join), value);
  const condition = on === undefined ? {} : { on: readExpression(on) };
  if (table !== undefined) return { alias: String(as ?? table), of: { table: String(table) }, ...condition };
  return { alias: String(must(as, 'a name')), of: { query: readQuery(expr) }, ...condition };
}

export function readInsert(node: Found): Insert {
  const { table, columns, values } = parts(node, ['table', 'columns', 'values', 'prefix']);
  const [into] = list(table, 'a table');
  return {
    kind: 'insert',
    table: String(parts(found(into, 'a table'), ['db', 'table']).table),
    columns: list(columns, 'columns').map(String),
    query: readQuery(values),
  };
}

/** DELETE names the alias that loses rows. */
export function readDelete(node: Found): Delete {
  const { table, from, where } = parts(node, ['table', 'from', 'where']);
  const sources = list(from, 'tables').map(readSource);
  const [loses, ...more] = list(table ?? [], 'a table').map((one) => String(found(one, 'a table').table));
  const source = loses === undefined ? sources[0] : sources.find(({ alias }) => alias === loses);
  if (source === undefined || more.length > 0 || !('table' in source.of)) throw new NotUnderstood('a DELETE', node);
  return {
    kind: 'delete',
    table: source.of.table,
    alias: source.alias,
    from: sources,
    ...(where !== undefined && { where: readExpression(where) }),
  };
}
