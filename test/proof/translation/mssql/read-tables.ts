import { type Found, NotUnderstood } from '../only.js';
import type { OwnColumn, OwnTables } from '../procedure.js';
import { nameIn, nodeIn, nodeOf, nodesIn, objectIn, partsOf, typeIn } from './nodes.js';

/** The tables that a generated file creates, unless they are there. */
export function readTables(statements: readonly (Found & { readonly node: string })[]): OwnTables {
  return new Map(
    statements.flatMap((statement): [string, ReadonlyMap<string, OwnColumn>][] => {
      const created = statement.node === 'IfStatement' ? nodeIn(statement.ThenStatement, 'a table') : statement;
      if (created.node !== 'CreateTableStatement') return [];
      const { SchemaObjectName: name, Definition: definition } = partsOf(created, ['SchemaObjectName', 'Definition']);
      return [[objectIn(name), columnsIn(definition)]];
    }),
  );
}

/** The columns of a table or of a variable that is one. A part of the key refuses NULL. */
export function columnsIn(value: unknown): ReadonlyMap<string, OwnColumn> {
  const { ColumnDefinitions: columns } = nodeOf(value, 'TableDefinition', ['ColumnDefinitions', 'TableConstraints']);
  return new Map(
    nodesIn(columns, 'columns').map((column) => {
      const {
        ColumnIdentifier: name,
        DataType: type,
        Constraints: constraints,
      } = nodeOf(column, 'ColumnDefinition', [
        'ColumnIdentifier',
        'DataType',
        'Constraints',
        'Collation',
        'IdentityOptions',
      ]);
      const nullable = nodesIn(constraints, 'constraints').flatMap((one) =>
        one.node === 'NullableConstraintDefinition' ? [one.Nullable === true] : [],
      );
      if (nullable.length !== 1) throw new NotUnderstood('NULL or NOT NULL', column);
      return [nameIn(name), { type: typeIn(type), nullable: nullable[0] === true }] as const;
    }),
  );
}
