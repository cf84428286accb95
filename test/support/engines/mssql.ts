import { join } from 'node:path';
import type { ConnectionConfiguration } from 'tedious';
import { quotedName, quotedText } from '../data/dialect-words.js';
import { helperBatches } from './mssql-adaptations.js';
import { adaptDriver, loadDriver } from './mssql-driver.js';
import { buildOnce, runFolder } from './run-folder.js';
import { LazySession, type OpenSession, once, uniqueName, urlForDatabase } from './session.js';
import type { DatabaseOptions, Engine, Row, TestDatabase } from './types.js';

// Anything that speaks TDS. None can be provided here, so it is always somebody else's server.

export async function mssqlEngine(admin: string, life: Pick<Engine, 'kill' | 'restart' | 'stop'>): Promise<Engine> {
  const onServer = <T>(use: (session: OpenSession) => Promise<T>): Promise<T> => once(() => openMssql(admin), use);
  const [row] = await onServer((session) =>
    session.query(
      "SELECT CAST(SERVERPROPERTY('ProductVersion') AS VARCHAR(20)) AS version, CAST(SERVERPROPERTY('babelfishversion') AS VARCHAR(20)) AS babelfish",
    ),
  );
  const babelfish = row?.babelfish;
  if (typeof babelfish === 'string') {
    await buildOnce(join(runFolder(), 'mssql-helpers'), async () => {
      await onServer(async (session) => {
        for (const batch of helperBatches) await session.query(batch);
      });
      return true;
    });
    adaptDriver();
  }

  function openDatabase(name: string): TestDatabase {
    const url = urlForDatabase(admin, name);
    const session = new LazySession(() => openMssql(url));
    return {
      name,
      url,
      query: (sql, parameters) => session.query(sql, parameters),
      script: (sql) => session.script(sql),
      connect: () => openMssql(url),
      close: () => session.close(),
      async drop() {
        await session.close();
        await onServer((server) => dropDatabase(server, name));
      },
    };
  }

  return {
    name: 'mssql',
    dialect: 'mssql',
    version: String(row?.version),
    ...(typeof babelfish === 'string' && { imitation: `Babelfish ${babelfish}` }),
    openDatabase,
    async createDatabase({ name = uniqueName(), collation }: DatabaseOptions = {}) {
      await onServer(async (server) => {
        await dropDatabase(server, name);
        await server.query(
          `CREATE DATABASE ${quotedName('mssql', name)}${collation === undefined ? '' : ` COLLATE ${collation}`}`,
        );
      });
      return openDatabase(name);
    },
    // SQL Server brings its own zones.
    async loadTimeZones() {},
    ...life,
  };
}

async function dropDatabase(server: OpenSession, name: string): Promise<void> {
  const drop = `DROP DATABASE IF EXISTS ${quotedName('mssql', name)}`;
  const sessions = `SELECT session_id AS id FROM sys.dm_exec_sessions WHERE database_id = DB_ID(${quotedText('mssql', name)}) AND session_id <> @@SPID`;
  // A session that a failed test left behind, or that is still saying goodbye, is in the way.
  for (let attempt = 1; ; attempt += 1) {
    try {
      await server.query(drop);
      return;
    } catch (error) {
      if (attempt === 5) throw error;
      for (const { id } of await server.query(sessions)) await server.query(`KILL ${id}`).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100 * attempt));
    }
  }
}

async function openMssql(text: string): Promise<OpenSession> {
  const { Connection, Request, TYPES } = loadDriver();
  const connection = new Connection(configuration(text));
  let lost = false;
  // Without a listener an error would end the process; what it breaks is told to whoever waits for an answer.
  connection.on('error', () => {
    lost = true;
  });
  connection.on('end', () => {
    lost = true;
  });
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });

  // As a batch, so that temporary tables and settings outlive it; only parameters need a procedure around the text.
  const send = (sql: string, parameters: readonly unknown[]): Promise<Row[]> =>
    new Promise((resolve, reject) => {
      let rows: Row[] = [];
      const request = new Request(sql, (error) => (error ? reject(error) : resolve(rows)));
      request.on('columnMetadata', () => {
        rows = [];
      });
      request.on('row', (columns: readonly ColumnValue[]) => {
        rows.push(Object.fromEntries(columns.map((column) => [column.metadata.colName, toValue(column)])));
      });
      for (const [at, value] of parameters.entries()) {
        const type = typeof value === 'number' ? TYPES.Int : typeof value === 'bigint' ? TYPES.BigInt : TYPES.NVarChar;
        request.addParameter(`p${at + 1}`, type, typeof value === 'bigint' ? String(value) : value);
      }
      if (parameters.length > 0) connection.execSql(request);
      else connection.execSqlBatch(request);
    });
  // The driver takes one request at a time.
  let previous: Promise<unknown> = Promise.resolve();
  const inTurn = (sql: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
    const answer = previous.then(() => send(sql, parameters));
    previous = answer.catch(() => undefined);
    return answer;
  };
  return {
    lost: () => lost,
    query: inTurn,
    async script(sql) {
      await inTurn(sql);
    },
    async close() {
      if (lost) return;
      const ended = new Promise((resolve) => connection.once('end', resolve));
      connection.close();
      await ended;
    },
  };
}

function configuration(text: string): ConnectionConfiguration {
  const url = new URL(text);
  const isOn = (option: string): boolean => url.searchParams.get(option) === 'true';
  return {
    server: url.hostname,
    authentication: {
      type: 'default',
      options: { userName: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
    },
    options: {
      port: Number(url.port || 1433),
      database: decodeURIComponent(url.pathname.slice(1)) || 'master',
      encrypt: url.searchParams.get('encrypt') !== 'false',
      trustServerCertificate: isOn('trustServerCertificate'),
      // A run may take as long as it likes.
      requestTimeout: 0,
    },
  };
}

/** As the driver gives it; its types leave it out. */
interface ColumnValue {
  readonly value: unknown;
  readonly metadata: { readonly colName: string; readonly type: { readonly name: string }; readonly scale?: number };
}

/** What the driver makes of a value, back in the server's words. */
function toValue({ value, metadata }: ColumnValue): unknown {
  if (value instanceof Date) return stampOf(value, metadata);
  return /^(Decimal|Numeric|Money)/.test(metadata.type.name) && value !== null ? String(value) : value;
}

function stampOf(
  date: Date & { readonly nanosecondsDelta?: number },
  { type, scale }: ColumnValue['metadata'],
): string {
  const [day = '', time = ''] = date.toISOString().slice(0, -1).split('T');
  if (type.name === 'Date') return day;
  const finer = String(Math.round((date.nanosecondsDelta ?? 0) * 1e7)).padStart(4, '0');
  const digits = `${time}${finer}`.slice(0, 'HH:MM:SS.'.length + (scale ?? 3)).replace(/\.$/, '');
  return type.name === 'Time' ? digits : `${day} ${digits}`;
}
