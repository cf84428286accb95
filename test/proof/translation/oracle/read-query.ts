import { groupedBy } from '../group-by.js';
import { must, NotUnderstood } from '../only.js';
import type { Expression, Output, Query, Select, Source } from '../sql.js';
import { type Names, nameIn } from './names.js';
import { readExpression } from './read-expression.js';
import { take } from './take.js';
import { isNode, type Node, wordsOf } from './tree.js';

/** A query without INTO, by whatever rule it stands under. */
export function readQuery(node: Node, names: Names): Query {
  if (node.rule === 'select_only_statement') return readQuery(take(node, 'subquery').subquery, names);
  if (node.rule === 'select_statement') {
    return readQuery(take(node, 'select_only_statement').select_only_statement, names);
  }
  const { subquery_basic_elements: first, subquery_operation_part: more } = take(
    node,
    'subquery_basic_elements',
    'subquery_operation_part*',
  );
  const others = more.map((part) => {
    const { subquery_basic_elements } = take(part, 'UNION', 'ALL', 'subquery_basic_elements');
    return readPart(subquery_basic_elements, names);
  });
  return others.length === 0 ? readPart(first, names) : { kind: 'union', of: [readPart(first, names), ...others] };
}

function readPart(node: Node, names: Names): Query {
  const [only] = node.parts;
  if (isNode(only) && only.rule === 'query_block') {
    const { into, ...select } = readBlock(only, names);
    if (into.length > 0) throw new NotUnderstood('INTO', wordsOf(node));
    return select;
  }
  return readQuery(take(node, '(', 'subquery', ')').subquery, names);
}

/** A query with the variables that it fills. */
export interface Filling extends Select {
  readonly into: readonly Node[];
}

/** The query of a statement, and whether it locks what it finds; that nobody else has it is nothing that a row hangs on. */
export function readFilling(node: Node, names: Names): Filling {
  const { select_only_statement, for_update_clause } = take(node, 'select_only_statement', 'for_update_clause?');
  if (for_update_clause) {
    const { for_update_options } = take(
      for_update_clause,
      'FOR',
      'UPDATE',
      'for_update_of_part?',
      'for_update_options',
    );
    take(for_update_options, 'WAIT', 'expression');
  }
  const { subquery_basic_elements } = take(take(select_only_statement, 'subquery').subquery, 'subquery_basic_elements');
  return readBlock(take(subquery_basic_elements, 'query_block').query_block, names);
}

function readBlock(node: Node, names: Names): Filling {
  // Whether the same values come twice is nothing that a row hangs on.
  const { selected_list, into_clause, from_clause, where_clause, group_by_clause } = take(
    node,
    'SELECT',
    'DISTINCT?',
    'selected_list',
    'into_clause?',
    'from_clause',
    'where_clause?',
    'group_by_clause?',
  );
  const from = readFrom(from_clause, names);
  const within = besides(from, names);
  const { select_list_elements } = take(selected_list, 'select_list_elements,*');
  return {
    kind: 'select',
    columns: groupedBy(
      readGroups(group_by_clause, within),
      select_list_elements.map((element) => readOutput(element, within)),
    ),
    from,
    ...(where_clause && { where: readWhere(where_clause, within) }),
    into: intoIn(into_clause),
  };
}

/** Names as they are inside of a query of these tables. */
export function besides([source, ...more]: readonly Source[], { only: _, ...names }: Names): Names {
  return source !== undefined && more.length === 0 ? { ...names, only: source.alias } : names;
}

export const intoIn = (clause: Node | undefined): readonly Node[] =>
  clause === undefined ? [] : take(clause, 'INTO', 'general_element,*').general_element;

function readGroups(clause: Node | undefined, names: Names): readonly Expression[] {
  if (clause === undefined) return [];
  const { group_by_elements } = take(clause, 'GROUP', 'BY', 'group_by_elements,*');
  return group_by_elements.map((one) => readExpression(take(one, 'expression').expression, names));
}

export function readWhere(clause: Node, names: Names): Expression {
  return readExpression(take(clause, 'WHERE', 'condition').condition, names);
}

function readOutput(element: Node, names: Names): Output {
  const { expression, column_alias } = take(element, 'expression', 'column_alias?');
  const value = readExpression(expression, names);
  const own = value.kind === 'column' ? (value.path.at(-1) ?? '') : '';
  return { name: column_alias ? nameIn(wordsOf(take(column_alias, 'AS?', 'identifier').identifier)) : own, value };
}

function readFrom(clause: Node, names: Names): readonly Source[] {
  const { table_ref } = take(take(clause, 'FROM', 'table_ref_list').table_ref_list, 'table_ref,*');
  return table_ref.flatMap((one) => {
    const { table_ref_aux, join_clause } = take(one, 'table_ref_aux', 'join_clause*');
    return [...readSource(table_ref_aux, names), ...join_clause.flatMap((join) => readJoin(join, names))];
  });
}

function readJoin(join: Node, names: Names): readonly Source[] {
  const { table_ref_aux, join_on_part } = take(join, 'JOIN', 'table_ref_aux', 'join_on_part');
  const on = readExpression(take(join_on_part, 'ON', 'condition').condition, names);
  return readSource(table_ref_aux, names).map((source) => ({ ...source, on }));
}

/** Nothing for DUAL, which has one row and no column that is read. */
function readSource(node: Node, names: Names): readonly Source[] {
  const { table_ref_aux_internal, table_alias } = take(node, 'table_ref_aux_internal', 'table_alias?');
  const { dml_table_expression_clause: of } = take(table_ref_aux_internal, 'dml_table_expression_clause');
  const alias = table_alias && nameIn(wordsOf(table_alias));
  const [first] = of.parts;
  if (isNode(first)) {
    const table = tableIn(of);
    return table === 'DUAL' && alias === undefined ? [] : [{ alias: alias ?? table, of: { table } }];
  }
  const { select_statement } = take(of, '(', 'select_statement', ')');
  return [{ alias: must(alias, 'a name'), of: { query: readQuery(select_statement, names) } }];
}

/** A table of the procedure's own schema. */
export const tableIn = (node: Node): string =>
  nameIn(wordsOf(take(take(node, 'tableview_name').tableview_name, 'identifier').identifier));
