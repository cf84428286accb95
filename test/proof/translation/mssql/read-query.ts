import { groupedBy } from '../group-by.js';
import { type Found, NotUnderstood } from '../only.js';
import type { Expression, Output, Query, Source } from '../sql.js';
import { nameIn, nodeIn, nodeOf, nodesIn, objectIn, partsOf, pathIn, variableIn } from './nodes.js';
import { readExpression } from './read-expression.js';

/** A query. Whether the same values come twice is nothing that a row hangs on. */
export function readQuery(value: unknown): Query {
  const node = nodeIn(value, 'a query');
  if (node.node === 'BinaryQueryExpression') {
    const {
      BinaryQueryExpressionType: type,
      All: all,
      ...of
    } = partsOf(node, ['BinaryQueryExpressionType', 'All', 'FirstQueryExpression', 'SecondQueryExpression']);
    if (type !== 'Union' || all !== true) throw new NotUnderstood(String(type), node);
    return { kind: 'union', of: [readQuery(of.FirstQueryExpression), readQuery(of.SecondQueryExpression)] };
  }
  if (node.node === 'QueryParenthesisExpression') return readQuery(partsOf(node, ['QueryExpression']).QueryExpression);
  const {
    SelectElements: elements,
    FromClause: from,
    WhereClause: where,
    GroupByClause: groups,
  } = nodeOf(node, 'QuerySpecification', ['SelectElements', 'FromClause', 'WhereClause', 'GroupByClause'], {
    UniqueRowFilter: node.UniqueRowFilter === 'Distinct' ? 'Distinct' : 'NotSpecified',
  });
  return {
    kind: 'select',
    columns: groupedBy(readGroups(groups), nodesIn(elements, 'columns').map(readOutput)),
    from: readFrom(from),
    ...readWhere(where),
  };
}

export const readFrom = (from: unknown): readonly Source[] =>
  from === undefined
    ? []
    : nodesIn(nodeOf(from, 'FromClause', ['TableReferences']).TableReferences, 'tables').flatMap(readSource);

export const readWhere = (where: unknown) =>
  where === undefined
    ? {}
    : { where: readExpression(nodeOf(where, 'WhereClause', ['SearchCondition']).SearchCondition) };

function readGroups(groups: unknown): readonly Expression[] {
  if (groups === undefined) return [];
  const { GroupingSpecifications: by } = nodeOf(groups, 'GroupByClause', ['GroupingSpecifications'], {
    GroupByOption: 'None',
    All: false,
  });
  return nodesIn(by, 'groups').map((one) =>
    readExpression(
      nodeOf(one, 'ExpressionGroupingSpecification', ['Expression'], { DistributedAggregation: false }).Expression,
    ),
  );
}

function readOutput(node: Found): Output {
  const { Expression: value, ColumnName: given } = nodeOf(node, 'SelectScalarExpression', ['Expression', 'ColumnName']);
  const { node: kind, MultiPartIdentifier: path } = nodeIn(value, 'a value');
  const own = kind === 'ColumnReferenceExpression' ? (pathIn(path).at(-1) ?? '') : '';
  const name =
    given === undefined ? own : nameIn(nodeOf(given, 'IdentifierOrValueExpression', ['Identifier']).Identifier);
  return { name, value: readExpression(value) };
}

/** Hints say how a row is found and locked. NOLOCK and READPAST would say which are found, so they are no part of it. */
const hints: readonly string[] = ['UpdLock', 'Rowlock', 'HoldLock', 'TabLock', 'TabLockX', 'ReadCommittedLock'];

function readSource(node: Found & { readonly node: string }): readonly Source[] {
  switch (node.node) {
    case 'NamedTableReference':
    case 'VariableTableReference':
      return [readTable(node)];
    case 'QueryDerivedTable': {
      const { QueryExpression: query, Alias: alias } = partsOf(node, ['QueryExpression', 'Alias']);
      return [{ alias: nameIn(alias), of: { query: readQuery(query) } }];
    }
    case 'QualifiedJoin': {
      const {
        FirstTableReference: left,
        SecondTableReference: right,
        SearchCondition: on,
        QualifiedJoinType: type,
      } = partsOf(node, [
        'FirstTableReference',
        'SecondTableReference',
        'SearchCondition',
        'QualifiedJoinType',
        'JoinHint',
      ]);
      if (type !== 'Inner') throw new NotUnderstood(String(type), node);
      const [source, ...more] = readSource(nodeIn(right, 'a table'));
      if (source === undefined || more.length > 0) throw new NotUnderstood('a join to a join', node);
      return [...readSource(nodeIn(left, 'a table')), { ...source, on: readExpression(on) }];
    }
    default:
      throw new NotUnderstood('a table', node);
  }
}

export function readTable(
  node: Found & { readonly node: string },
): Source & { readonly of: { readonly table: string } } {
  if (node.node === 'VariableTableReference') {
    const { Variable: variable, Alias: alias } = partsOf(node, ['Variable', 'Alias']);
    const table = variableIn(variable);
    return { alias: alias === undefined ? table : nameIn(alias), of: { table } };
  }
  const {
    SchemaObject: name,
    Alias: alias,
    TableHints: given,
  } = nodeOf(node, 'NamedTableReference', ['SchemaObject', 'Alias', 'TableHints']);
  for (const hint of nodesIn(given, 'hints')) {
    const { HintKind: kind } = nodeOf(hint, 'TableHint', ['HintKind']);
    if (!hints.includes(String(kind))) throw new NotUnderstood(String(kind), node);
  }
  const table = objectIn(name);
  return { alias: alias === undefined ? table : nameIn(alias), of: { table } };
}
