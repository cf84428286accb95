import { NotUnderstood } from '../only.js';
import type { Delete, Insert, Source } from '../sql.js';
import { type Names, nameIn } from './names.js';
import { besides, readFilling, readWhere, tableIn } from './read-query.js';
import { take } from './take.js';
import { type Node, wordsOf } from './tree.js';

/** INSERT of what a query finds. */
export function readInsert(node: Node, names: Names): Insert {
  const { insert_into_clause, select_statement } = take(
    take(node, 'INSERT', 'single_table_insert').single_table_insert,
    'insert_into_clause',
    'select_statement',
  );
  const { general_table_ref, paren_column_list } = take(
    insert_into_clause,
    'INTO',
    'general_table_ref',
    'paren_column_list',
  );
  const { column_name } = take(take(paren_column_list, '(', 'column_list', ')').column_list, 'column_name,*');
  const { into, ...query } = readFilling(select_statement, names);
  if (into.length > 0) throw new NotUnderstood('INTO', wordsOf(node));
  return {
    kind: 'insert',
    table: targetOf(general_table_ref).table,
    columns: column_name.map((column) => nameIn(wordsOf(column))),
    query,
  };
}

export function readDelete(node: Node, names: Names): Delete {
  const { general_table_ref, where_clause } = take(node, 'DELETE', 'FROM', 'general_table_ref', 'where_clause?');
  const { table, alias } = targetOf(general_table_ref);
  const from: readonly Source[] = [{ alias, of: { table } }];
  return {
    kind: 'delete',
    table,
    alias,
    from,
    ...(where_clause && { where: readWhere(where_clause, besides(from, names)) }),
  };
}

function targetOf(node: Node): { readonly table: string; readonly alias: string } {
  const { dml_table_expression_clause, table_alias } = take(node, 'dml_table_expression_clause', 'table_alias?');
  const table = tableIn(dml_table_expression_clause);
  return { table, alias: table_alias ? nameIn(wordsOf(table_alias)) : table };
}
