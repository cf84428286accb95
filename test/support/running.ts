import { findTable } from '../../src/schema/find.js';
import type { Schema } from '../../src/schema/types.js';
import type { Deployment } from './deployment.js';
import { words } from './words.js';

/** A run on a connection of its own, which a test sees wait for a lock, and may kill. */
export const startRun = (deployment: Deployment) =>
  start(deployment, words[deployment.family].call(deployment.plan.names.procedure));

/** The same of a restore. */
export const startRestore = (deployment: Deployment, deletedByRun: string) =>
  start(deployment, words[deployment.family].call(deployment.plan.names.restore, deletedByRun));

async function start({ database, query, family }: Deployment, callIt: string) {
  const client = await database.connect();
  const { ownSession, killSession, livingSessions, waitingSessions } = words[family];
  // MySQL and MariaDB show the same waits again if anybody has asked within a tenth of a second, other tests too. Elsewhere a
  // run may wait for a third of a second only.
  const pauseMs = () => (family === 'mysql' ? 150 + Math.random() * 350 : 20);
  const id = String((await client.query(ownSession))[0]?.id);
  const outcome = client.query(callIt).then(
    () => client.close().then(() => 'returned'),
    (error: unknown) => String(error),
  );
  const number = async (sql: string): Promise<number> => Number((await query(sql))[0]?.n);
  const kill = async (): Promise<void> => {
    await query(killSession(id));
    await outcome;
    await until('the session of the run is gone', pauseMs, async () => (await number(livingSessions(id))) === 0);
  };
  const waiting = () => until('the run waits', pauseMs, async () => (await number(waitingSessions(id))) > 0);
  return { id, outcome, kill, waiting };
}

/** Locks a row as another session does; returns what lets go of it. `column` is any that may be written to. */
export async function hold(
  { database, family, schema }: Deployment,
  table: string,
  condition: string,
  column = plainColumn(schema, table),
): Promise<() => Promise<void>> {
  const holder = await database.connect();
  const { begin, rollback, lockRows } = words[family];
  await holder.query(begin);
  const { length } = await holder.query(lockRows(table, column, condition));
  if (length !== 1) throw new Error(`${length} rows of ${table} are held, where ${condition}, instead of one`);
  return async () => {
    await holder.query(rollback);
    await holder.close();
  };
}

/** One that may be written to, for locks that are taken so. */
function plainColumn(schema: Schema, name: string): string {
  const column = findTable(schema, name)?.columns.find(({ identityAlways }) => !identityAlways);
  if (column === undefined) throw new Error(`no column of ${name} may be written to`);
  return column.name;
}

async function until(what: string, pauseMs: () => number, isSo: () => Promise<boolean>): Promise<void> {
  // An imitation of SQL Server reads a long procedure for many seconds, once per session.
  const deadline = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`it never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs()));
  }
}
