import type { Connection } from './dialect.js';
import type { Expressions } from './expressions.js';

/** Locks the row of a procedure in the lock table, if no other session holds it. Where there is none, nothing has ever run. */
export async function lockRow(
  connection: Connection,
  table: string,
  procedure: string,
  { literal }: Expressions,
): Promise<boolean> {
  const row = `SELECT PROCEDURE_NAME AS name FROM ${table} WHERE PROCEDURE_NAME = ${literal(procedure)}`;
  if ((await connection.query(row)).length === 0) return true;
  return (await connection.query(`${row} FOR UPDATE SKIP LOCKED`)).length > 0;
}
