import type { Deployment } from './deployment.js';

/** A run on a connection of its own, which a test sees wait for a lock, and may kill. */
export async function startRun({ database, query, plan, family }: Deployment) {
  const client = await database.connect();
  const own = family === 'mysql' ? 'CONNECTION_ID()' : 'pg_backend_pid()';
  const id = String((await client.query(`SELECT ${own} AS id`))[0]?.id);
  const outcome = client.query(`CALL ${plan.names.procedure}()`).then(
    () => client.close().then(() => 'returned'),
    (error: unknown) => String(error),
  );
  const waits =
    family === 'mysql'
      ? `SELECT COUNT(*) AS n FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = ${id} AND trx_state = 'LOCK WAIT'`
      : `SELECT COUNT(*) AS n FROM pg_stat_activity WHERE pid = ${id} AND wait_event_type = 'Lock'`;
  const lives =
    family === 'mysql'
      ? `SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE ID = ${id}`
      : `SELECT COUNT(*) AS n FROM pg_stat_activity WHERE pid = ${id}`;
  const number = async (sql: string): Promise<number> => Number((await query(sql))[0]?.n);
  const kill = async (): Promise<void> => {
    await query(family === 'mysql' ? `KILL ${id}` : `SELECT pg_terminate_backend(${id})`);
    await outcome;
    await until('the session of the run is gone', async () => (await number(lives)) === 0);
  };
  return { outcome, kill, waiting: () => until('the run waits', async () => (await number(waits)) > 0) };
}

/** Locks a row as another session does; returns what lets go of it. */
export async function hold(
  { database, family }: Deployment,
  table: string,
  condition: string,
): Promise<() => Promise<void>> {
  const holder = await database.connect();
  await holder.query(family === 'mysql' ? 'START TRANSACTION' : 'BEGIN');
  const { length } = await holder.query(`SELECT 1 AS x FROM ${table} WHERE ${condition} FOR UPDATE`);
  if (length !== 1) throw new Error(`${length} rows of ${table} are held, where ${condition}, instead of one`);
  return async () => {
    await holder.query('ROLLBACK');
    await holder.close();
  };
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`it never came to this: ${what}`);
    // MySQL and MariaDB show the same waits again to whoever asks within a tenth of a second.
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
}
