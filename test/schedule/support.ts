import type { Connection, Dialect } from '../../src/dialects/dialect.js';
import { findDialect } from '../../src/dialects/registry.js';
import type { ScheduledCleanup } from '../../src/schedule/jobs.js';
import type { Engine, TestDatabase } from '../support/engines/index.js';
import { urlForDatabase } from '../support/engines/session.js';

/** What a schedule needs to find in a database: here a procedure that only notes when, and in which zone, it was called. */
export const standIn = {
  procedure: 'note_the_call',
  settingTable: 'cleanup_setting',
  scheduleName: 'note_the_call_schedule',
};

const columns = (stamp: string) => `called_at ${stamp}, zone varchar(64)`;
const settings = `
  CREATE TABLE cleanup_setting (procedure_name varchar(64), name varchar(64), value varchar(255));
  INSERT INTO cleanup_setting VALUES ('note_the_call', 'window', 'always'), ('note_the_call', 'enabled', 'yes');`;

const scripts: Readonly<Record<string, string>> = {
  mysql: `${settings}
    CREATE TABLE calls (${columns('datetime(6)')});
    CREATE PROCEDURE note_the_call() INSERT INTO calls VALUES (UTC_TIMESTAMP(6), @@session.time_zone);`,
  // It commits, as cleanups do, which works only where it is called outside of a transaction block.
  postgresql: `${settings}
    CREATE TABLE calls (${columns('timestamp')});
    CREATE PROCEDURE note_the_call() LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO calls VALUES (clock_timestamp() AT TIME ZONE 'UTC', current_setting('TimeZone')); COMMIT;
      PERFORM 1; COMMIT;
    END $$;`,
};

const mssqlStandIn = [
  settings,
  'CREATE TABLE calls (called_at DATETIME2(6), zone VARCHAR(64))',
  "CREATE PROCEDURE dbo.note_the_call AS INSERT INTO dbo.calls VALUES (SYSUTCDATETIME(), 'UTC')",
];

export const dialectOf = (engine: Engine): Dialect => findDialect(engine.dialect);

export async function createStandIn(database: TestDatabase, dialect: Dialect): Promise<void> {
  // A procedure must begin its batch there.
  const batches = dialect.templates === 'mssql' ? mssqlStandIn : [scripts[dialect.templates] ?? ''];
  for (const batch of batches) await database.script(batch);
}

/** A database as deepclean sees it, and how to open its neighbours. */
export async function openCleanup(
  database: TestDatabase,
  dialect: Dialect,
  user?: { readonly name: string; readonly password: string },
): Promise<{ readonly connection: Connection; readonly cleanup: ScheduledCleanup }> {
  const url = new URL(database.url);
  if (user !== undefined) {
    url.username = user.name;
    url.password = user.password;
  }
  const connect = (href: string) => dialect.connect({ url: href, connectTimeoutMs: 10_000 });
  return {
    connection: await connect(url.href),
    cleanup: { dialect, ...standIn, connectTo: (name) => connect(urlForDatabase(url.href, name)) },
  };
}

/** Waits until the stand-in was called often enough. Returns the calls, oldest first. */
export async function waitForCalls(database: TestDatabase, atLeast: number, timeoutMs: number) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const calls = await database.query('SELECT called_at, zone FROM calls ORDER BY called_at');
    if (calls.length >= atLeast) return calls;
    if (Date.now() >= deadline) throw new Error(`${calls.length} of ${atLeast} calls within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
