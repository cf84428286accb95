import { type Found, must, NotUnderstood } from '../only.js';
import type { Delete, Expression, Insert, Source, Update } from '../sql.js';
import { nodeIn, nodeOf, nodesIn, partsOf, pathIn } from './nodes.js';
import { readExpression } from './read-expression.js';
import { readFrom, readQuery, readTable, readWhere } from './read-query.js';

/** What a statement does to a table. Hints say how. What is put into some tables need not be read. */
export function readChange(statement: Found & { readonly node: string }, unread: RegExp): Insert | Delete | Update {
  switch (statement.node) {
    case 'InsertStatement':
      return readInsert(partsOf(statement, ['InsertSpecification', 'OptimizerHints']).InsertSpecification, unread);
    case 'DeleteStatement':
      return readDelete(partsOf(statement, ['DeleteSpecification', 'OptimizerHints']).DeleteSpecification);
    case 'UpdateStatement':
      return readUpdate(partsOf(statement, ['UpdateSpecification', 'OptimizerHints']).UpdateSpecification);
    default:
      throw new NotUnderstood('a change', statement);
  }
}

const columnIn = (value: unknown): string =>
  must(
    pathIn(nodeOf(value, 'ColumnReferenceExpression', ['MultiPartIdentifier']).MultiPartIdentifier).at(-1),
    'a name',
  );

function readInsert(value: unknown, unread: RegExp): Insert | Update {
  const {
    Target: target,
    Columns: columns,
    InsertSource: source,
  } = nodeOf(value, 'InsertSpecification', ['Target', 'Columns', 'InsertSource'], { InsertOption: 'Into' });
  const { table } = readTable(nodeIn(target, 'a table')).of;
  if (unread.test(table)) return { kind: 'update', table };
  return {
    kind: 'insert',
    table,
    columns: nodesIn(columns, 'columns').map(columnIn),
    query: readQuery(nodeOf(source, 'SelectInsertSource', ['Select']).Select),
  };
}

/** Rows of one of the tables that FROM joins, by its alias; without FROM those of the table. */
function readDelete(value: unknown): Delete {
  const {
    Target: target,
    FromClause: from,
    WhereClause: where,
    OutputIntoClause: output,
  } = nodeOf(value, 'DeleteSpecification', [
    'Target',
    'FromClause',
    'WhereClause',
    'OutputIntoClause',
    // So many of them, whichever.
    'TopRowFilter',
  ]);
  const { table, sources } = changed(target, from);
  return {
    kind: 'delete',
    ...table,
    from: sources,
    ...readWhere(where),
    ...(output !== undefined && { copies: readOutput(output) }),
  };
}

function changed(target: unknown, from: unknown) {
  const named = readTable(nodeIn(target, 'a table'));
  const sources: readonly Source[] = from === undefined ? [named] : readFrom(from);
  const source = must(
    sources.find(({ alias }) => alias === named.alias),
    'a table that loses rows',
  );
  if (!('table' in source.of)) throw new NotUnderstood('the table of a change', target);
  return { table: { table: source.of.table, alias: source.alias }, sources };
}

/** What OUTPUT writes of each row that goes, and where to. */
function readOutput(value: unknown): Insert {
  const {
    IntoTable: into,
    IntoTableColumns: columns,
    SelectColumns: values,
  } = nodeOf(value, 'OutputIntoClause', ['IntoTable', 'IntoTableColumns', 'SelectColumns']);
  const outputs = nodesIn(values, 'columns').map((one) => {
    const { Expression: of } = nodeOf(one, 'SelectScalarExpression', ['Expression']);
    return { name: '', value: readExpression(of) };
  });
  return {
    kind: 'insert',
    table: readTable(nodeIn(into, 'a table')).of.table,
    columns: nodesIn(columns, 'columns').map(columnIn),
    query: { kind: 'select', columns: outputs, from: [] },
  };
}

function readUpdate(value: unknown): Update {
  const {
    Target: target,
    FromClause: from,
    WhereClause: where,
    SetClauses: clauses,
  } = nodeOf(value, 'UpdateSpecification', ['Target', 'FromClause', 'WhereClause', 'SetClauses']);
  const sets = nodesIn(clauses, 'SET').map((clause): { readonly column: string; readonly value: Expression } => {
    const { Column: column, NewValue: to } = nodeOf(clause, 'AssignmentSetClause', ['Column', 'NewValue']);
    return { column: columnIn(column), value: readExpression(to) };
  });
  const { table, sources } = changed(target, from);
  return { kind: 'update', ...table, from: sources, sets, ...readWhere(where) };
}
