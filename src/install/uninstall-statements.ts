import type { Connection, Dialect, StoredObject } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import type { ObjectNames } from '../plan/types.js';
import type { UninstallPlan } from './types.js';

/** Rows of each table, in one query. */
export async function countRows(
  connection: Connection,
  dialect: Dialect,
  tables: readonly string[],
  namespace: string | undefined,
): Promise<UninstallPlan['backupRows']> {
  if (tables.length === 0) return [];
  const selects = tables.map(
    (name) =>
      `SELECT ${dialect.expressions.literal(name)} AS of_table, COUNT(*) AS row_count FROM ${sqlName(dialect, name, namespace)}`,
  );
  const rows = await connection.query(selects.join(' UNION ALL '));
  return rows.map((row) => ({ table: String(row.of_table), rows: Number(row.row_count) }));
}

/** What the shared tables, those that are there, say of the cleanups that go; the log of their runs stays. */
export function forgetting(
  dialect: Dialect,
  names: ObjectNames,
  tables: readonly string[],
  remove: readonly ObjectNames[],
  drops: readonly StoredObject[],
  namespace: string | undefined,
): UninstallPlan['forget'] {
  const { literal } = dialect.expressions;
  const column = (name: string): string => supportColumn(dialect, name);
  const object = sqlName(dialect, names.object, namespace);
  const objects = tables.includes(names.object) ? drops : [];
  const told = [names.setting, names.position, names.lock, names.fact].filter((table) => tables.includes(table));
  return [
    ...objects.map(({ name, kind }) => ({
      title: `forget ${kind} ${name}`,
      sql: `DELETE FROM ${object} WHERE ${column('object_name')} = ${literal(name)} AND ${column('object_kind')} = ${literal(kind)}`,
    })),
    ...remove.flatMap(({ procedure }) =>
      told.map((table) => ({
        title: `forget what ${table} says of ${procedure}`,
        sql: `DELETE FROM ${sqlName(dialect, table, namespace)} WHERE ${column('procedure_name')} = ${literal(procedure)}`,
      })),
    ),
  ];
}
