import { type Node, parseSync } from 'libpg-query';
import { must, only } from '../only.js';
import type { OwnColumn, OwnTables } from '../procedure.js';
import { lastName } from './read-expression.js';

/** The tables and row types that a generated file creates. */
export function readTables(text: string): OwnTables {
  const created = must(parseSync(text).stmts, 'statements').flatMap(({ stmt }) =>
    stmt !== undefined && 'CreateStmt' in stmt
      ? [[must(stmt.CreateStmt.relation?.relname, 'a name'), columnsOf(stmt.CreateStmt.tableElts ?? [])] as const]
      : [],
  );
  return new Map(created);
}

const columnsOf = (elements: readonly Node[]): ReadonlyMap<string, OwnColumn> =>
  new Map(
    elements.flatMap((element) => {
      if (!('ColumnDef' in element)) return [];
      const { colname, typeName, constraints } = element.ColumnDef;
      const refusesNull = (constraints ?? []).some(
        (constraint) => 'Constraint' in constraint && constraint.Constraint.contype === 'CONSTR_NOTNULL',
      );
      const type = lastName(
        must(only(must(typeName, 'a type'), ['names', 'typmods', 'typemod', 'location']).names, 'a type'),
      );
      return [[must(colname, 'a name'), { type, nullable: !refusesNull }] as const];
    }),
  );
