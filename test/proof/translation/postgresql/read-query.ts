import type { DeleteStmt, InsertStmt, Node, RangeVar, SelectStmt, UpdateStmt } from 'libpg-query';
import { groupedBy } from '../group-by.js';
import { must, NotUnderstood, only } from '../only.js';
import type { Delete, Insert, Output, Query, Source, Statement, Update } from '../sql.js';
import { columnPath, readExpression, textOf } from './read-expression.js';

export function readQuery(node: Node): Query {
  if (!('SelectStmt' in node)) throw new NotUnderstood('a query', node);
  return readSelect(node.SelectStmt);
}

const noMore = { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' } as const;

function readSelect(select: SelectStmt): Query {
  if (select.op === 'SETOP_UNION' && select.all === true) {
    const { larg, rarg } = only(select, ['larg', 'rarg', 'op', 'all'], noMore);
    return { kind: 'union', of: [readSelect(must(larg, 'a query')), readSelect(must(rarg, 'a query'))] };
  }
  // Whether the same values come twice is nothing that a row hangs on.
  const { targetList, fromClause, whereClause, groupClause } = only(
    select,
    ['targetList', 'fromClause', 'whereClause', 'groupClause', 'distinctClause', 'withClause'],
    noMore,
  );
  if (select.distinctClause?.some((by) => Object.keys(by).length > 0)) throw new NotUnderstood('DISTINCT ON', select);
  return {
    kind: 'select',
    columns: groupedBy((groupClause ?? []).map(readExpression), must(targetList, 'columns').map(readOutput)),
    from: (fromClause ?? []).flatMap(readSource),
    ...(whereClause && { where: readExpression(whereClause) }),
  };
}

function readOutput(node: Node): Output {
  if (!('ResTarget' in node)) throw new NotUnderstood('a column', node);
  const { name, val } = only(node.ResTarget, ['name', 'val', 'location']);
  const value = must(val, 'a value');
  if (!('ColumnRef' in value)) return { name: name ?? '', value: readExpression(value) };
  const fields = must(value.ColumnRef.fields, 'a name');
  const last = must(fields.at(-1), 'a name');
  if ('A_Star' in last) return { allOf: textOf(must(fields[0], 'a name')) };
  return { name: name ?? must(columnPath(value.ColumnRef).at(-1), 'a name'), value: readExpression(value) };
}

function readSource(node: Node): readonly Source[] {
  if ('RangeVar' in node) return [readTable(node.RangeVar)];
  if ('RangeSubselect' in node) {
    const { subquery, alias } = only(node.RangeSubselect, ['subquery', 'alias']);
    const { aliasname } = only(must(alias, 'a name'), ['aliasname']);
    return [{ alias: must(aliasname, 'a name'), of: { query: readQuery(must(subquery, 'a query')) } }];
  }
  if ('JoinExpr' in node) {
    const { jointype, larg, rarg, quals } = only(node.JoinExpr, ['jointype', 'larg', 'rarg', 'quals']);
    if (jointype !== 'JOIN_INNER') throw new NotUnderstood(String(jointype), node);
    const [right, ...more] = readSource(must(rarg, 'a table'));
    if (right === undefined || more.length > 0) throw new NotUnderstood('a join to a join', node);
    return [...readSource(must(larg, 'a table')), { ...right, on: readExpression(must(quals, 'a condition')) }];
  }
  throw new NotUnderstood('a table', node);
}

/** Whether it says ONLY does not matter: a table that others inherit from is refused before a run. */
function readTable(table: RangeVar): Source {
  const { relname, alias } = only(table, ['schemaname', 'relname', 'alias', 'inh', 'relpersistence', 'location']);
  const name = must(relname, 'a name');
  return { alias: (alias && only(alias, ['aliasname']).aliasname) ?? name, of: { table: name } };
}

function readInsert(insert: InsertStmt): Insert {
  const { relation, cols, selectStmt } = only(insert, [
    'relation',
    'cols',
    'selectStmt',
    'override',
    'returningClause',
  ]);
  const columns = must(cols, 'columns').map((column) => {
    if (!('ResTarget' in column)) throw new NotUnderstood('a column', column);
    return must(column.ResTarget.name, 'a name');
  });
  const table = must(relation?.relname, 'a table');
  return { kind: 'insert', table, columns, query: readQuery(must(selectStmt, 'a query')) };
}

function readDelete(found: DeleteStmt): Delete {
  const { relation, usingClause, whereClause } = only(found, [
    'relation',
    'usingClause',
    'whereClause',
    'returningClause',
  ]);
  const target = readTable(must(relation, 'a table'));
  return {
    kind: 'delete',
    table: 'table' in target.of ? target.of.table : '',
    alias: target.alias,
    from: [target, ...(usingClause ?? []).flatMap(readSource)],
    ...(whereClause && { where: readExpression(whereClause) }),
  };
}

const readUpdate = (update: UpdateStmt): Update => ({
  kind: 'update',
  table: must(update.relation?.relname, 'a table'),
});

function readPart(node: Node): Query | Insert | Delete | Update {
  if ('InsertStmt' in node) return readInsert(node.InsertStmt);
  if ('DeleteStmt' in node) return readDelete(node.DeleteStmt);
  if ('UpdateStmt' in node) return readUpdate(node.UpdateStmt);
  return readQuery(node);
}

/** A statement, with the queries before it; what its own SELECT counts for the log is nothing that a row hangs on. */
export function readStatement(node: Node): Statement {
  const tables = 'SelectStmt' in node ? (node.SelectStmt.withClause?.ctes ?? []) : [];
  const beside = tables.map((table) => {
    if (!('CommonTableExpr' in table)) throw new NotUnderstood('WITH', table);
    const { ctename, ctequery } = only(table.CommonTableExpr, ['ctename', 'ctequery', 'ctematerialized', 'location']);
    return [must(ctename, 'a name'), readPart(must(ctequery, 'a query'))] as const;
  });
  if (tables.length > 0) return { beside: new Map(beside), does: { kind: 'other', what: 'SELECT for the log' } };
  if ('SelectStmt' in node) return { beside: new Map(), does: { kind: 'other', what: 'SELECT for the log' } };
  return { beside: new Map(), does: readPart(node) };
}
