import { findColumn, findTable } from '../../../../src/schema/find.js';
import type { Files } from '../files.js';
import { must, NotUnderstood } from '../only.js';
import type { OwnTables } from '../procedure.js';
import type { Reading } from '../subject.js';
import { oracle } from './engine.js';
import { given } from './given.js';
import { readProcedure } from './read-procedure.js';
import { readTables } from './read-tables.js';

export function read({ plan, procedure: text, tables }: Files): Reading {
  const own = readTables(tables);
  const typeOf = (table: string, column: string): string => {
    const live = findTable(plan.schema, table);
    return must(live && findColumn(live, column), `${table}.${column}`).type;
  };
  const procedure = readProcedure(text, typeOf);
  refuseColumns([...procedure.variables.keys()], plan.schema.tables, own);
  return { plan, procedure, own, dialect: { engine: oracle, given } };
}

/** In SQL a column would be meant by such a name, not the variable. */
function refuseColumns(
  variables: readonly string[],
  tables: Reading['plan']['schema']['tables'],
  own: OwnTables,
): void {
  const columns = [
    ...tables.flatMap((table) => table.columns.map(({ name }) => name)),
    ...[...own.values()].flatMap((table) => [...table.keys()]),
  ].map((name) => name.toUpperCase());
  for (const name of variables)
    if (columns.includes(name)) throw new NotUnderstood('a variable with the name of a column', name);
}
