import { findColumn, findTable } from '../../../src/schema/find.js';
import type { Schema, Table } from '../../../src/schema/types.js';
import type { ModelOptions } from '../model/options.js';
import type { Database, Row } from '../model/rows.js';
import { formatStamp, microsecondsPerSecond } from '../model/stamps.js';
import { words } from '../words.js';
import { type ConformanceCase, defaultSettings, type Moment, type Needs } from './case-types.js';
import { childCases } from './cases/children.js';
import { clockCases } from './cases/clock.js';
import { codeCases } from './cases/codes.js';
import { judgementCases } from './cases/judgement.js';
import { periodCases } from './cases/periods.js';
import { scopeCases } from './cases/scopes.js';
import { siblingCases } from './cases/siblings.js';
import { tokenStateCases } from './cases/states.js';
import { zoneCases } from './cases/zones.js';
import type { DialectFamily } from './dialect-words.js';
import { databaseOf } from './row-factories.js';

/** Every rule and edge of `cleanup_tokens`, written by hand. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...periodCases,
  ...tokenStateCases,
  ...judgementCases,
  ...clockCases,
  ...zoneCases,
  ...codeCases,
  ...childCases,
  ...scopeCases,
  ...siblingCases,
];

/** What an engine can hold, beyond what its schema says. */
export interface Abilities {
  readonly fractions: boolean;
  readonly stillClock: boolean;
  readonly zeroDates: boolean;
  /** An empty text is not NULL. */
  readonly emptyText: boolean;
}

export const abilitiesOf = (family: DialectFamily): Abilities => ({
  // DATETIME of SQL Server keeps fractions, but no microseconds.
  fractions: family === 'postgresql',
  stillClock: words[family].holdClock !== undefined,
  zeroDates: family === 'mysql',
  emptyText: family !== 'oracle',
});

const nullable = (schema: Schema, name: string): boolean => {
  const [tableName = '', columnName = ''] = name.split('.');
  const table = findTable(schema, tableName);
  return table !== undefined && findColumn(table, columnName)?.nullable === true;
};

/** False where the schema or the engine cannot hold what the case is about. */
export const isApplicable = (
  { needs = {} }: { readonly needs?: Needs },
  schema: Schema,
  abilities: Abilities,
): boolean =>
  (needs.tables ?? []).every((name) => findTable(schema, name) !== undefined) &&
  (needs.nullable ?? []).every((name) => nullable(schema, name)) &&
  (!needs.fractions || abilities.fractions) &&
  (!needs.zeroDates || abilities.zeroDates) &&
  (!needs.emptyText || abilities.emptyText);

/** The clock of a case that is set up at that moment of UTC, microseconds; whole seconds, as some columns keep no more. */
export const momentOf = (utcMicroseconds: bigint): Moment => ({
  utcNow: utcMicroseconds - (utcMicroseconds % microsecondsPerSecond),
});

/** The rows of a case as far as a schema has their tables and columns. */
export function databaseFor(aCase: ConformanceCase, moment: Moment, schema?: Schema): Database {
  const database = databaseOf(aCase.rows(moment));
  return schema ? fitted(database, schema) : database;
}

/** A database without the tables and columns that a schema lacks, and without rows that its server would not take. */
export function fitted(database: Database, schema: Schema): Database {
  const entries = Object.entries(database).flatMap(([name, rows]): [string, readonly Row[]][] => {
    const table = findTable(schema, name);
    if (!table) return [];
    const known = (column: string): boolean => findColumn(table, column) !== undefined;
    const fitting = schema.dialect === 'mssql' ? withOneNull(table, rows) : rows;
    return [[name, fitting.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => known(column))))]];
  });
  return Object.fromEntries(entries);
}

/** To a unique index of SQL Server NULL is a value like any other. */
function withOneNull(table: Table, rows: readonly Row[]): readonly Row[] {
  const columns = table.indexes.flatMap(({ unique, columns: [column, ...more] }) =>
    unique && column !== undefined && more.length === 0 ? [column.toUpperCase()] : [],
  );
  const isNull = (row: Row, column: string): boolean => (row[column] ?? null) === null;
  return rows.filter((row, at) =>
    columns.every((column) => !isNull(row, column) || rows.findIndex((other) => isNull(other, column)) === at),
  );
}

/** What the run and the model are told. */
export const optionsFor = (aCase: ConformanceCase, moment: Moment): ModelOptions => ({
  ...defaultSettings,
  ...aCase.settings,
  utcNow: formatStamp(moment.utcNow),
});

/** The expectation of a case, sorted as `idsOf` sorts, for those of its tables that the schema has. */
export const expectedFor = (
  aCase: Pick<ConformanceCase, 'survivors'>,
  schema?: Schema,
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(aCase.survivors)
      .filter(([table]) => schema === undefined || findTable(schema, table) !== undefined)
      .map(([table, ids]) => [table, [...ids].sort()]),
  );
