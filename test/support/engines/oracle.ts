import oracledb from 'oracledb';
import { driverAttributes } from '../../../src/dialects/oracle/connection.js';
import { ivorysqlServer } from './ivorysql.js';
import { LazySession, type OpenSession, once, uniqueName } from './session.js';
import type { DatabaseOptions, Engine, Row, TestDatabase } from './types.js';

/** Where tests find a schema of their own, by whatever wire. */
export interface OracleServer {
  readonly version: string;
  readonly imitation?: string;
  createSchema(name: string): Promise<void>;
  dropSchema(name: string): Promise<void>;
  /** Where the npm driver, or what stands in for it, finds the schema. */
  urlOf(name: string): string;
}

/**
 * An Oracle server through the npm driver (`oracle://user:password@host:port/service`), or one that imitates it through
 * PostgreSQL's wire (`ivorysql://user@host:port/`). Neither can be provided here, so it is always somebody else's.
 */
export async function oracleEngine(admin: string, life: Pick<Engine, 'kill' | 'restart' | 'stop'>): Promise<Engine> {
  const server = admin.startsWith('ivorysql:') ? await ivorysqlServer(admin) : await oracleServer(admin);
  const { version, imitation } = server;
  function openDatabase(name: string): TestDatabase {
    const url = server.urlOf(name);
    const session = new LazySession(() => openOracle(url));
    return {
      name,
      url,
      query: (sql, parameters) => session.query(sql, parameters),
      script: (sql) => session.script(sql),
      connect: () => openOracle(url),
      close: () => session.close(),
      async drop() {
        await session.close();
        await server.dropSchema(name);
      },
    };
  }
  return {
    name: 'oracle',
    dialect: 'oracle',
    version,
    ...(imitation !== undefined && { imitation }),
    openDatabase,
    async createDatabase({ name = uniqueName() }: DatabaseOptions = {}) {
      await server.dropSchema(name);
      await server.createSchema(name);
      return openDatabase(name);
    },
    // The server brings its own zones.
    async loadTimeZones() {},
    ...life,
  };
}

const password = 'For_tests_0nly';

/** A "database" of a test is a user there, who owns what is in it. */
async function oracleServer(admin: string): Promise<OracleServer> {
  const onServer = <T>(use: (session: OpenSession) => Promise<T>): Promise<T> => once(() => openOracle(admin), use);
  const [row] = await onServer((session) =>
    session.query('SELECT MAX(VERSION) AS version FROM PRODUCT_COMPONENT_VERSION'),
  );
  const urlOf = (name: string): string => {
    const url = new URL(admin);
    url.username = name;
    url.password = password;
    return url.href;
  };
  return {
    version: String(row?.version),
    urlOf,
    createSchema: (name) =>
      onServer(async (session) => {
        await session.query(
          `CREATE USER ${name} IDENTIFIED BY "${password}" QUOTA UNLIMITED ON USERS DEFAULT TABLESPACE USERS`,
        );
        await session.query(
          `GRANT CREATE SESSION, CREATE TABLE, CREATE VIEW, CREATE PROCEDURE, CREATE SEQUENCE, CREATE JOB TO ${name}`,
        );
      }),
    dropSchema: (name) =>
      onServer(async (session) => {
        // ORA-01918: there is no such user.
        await session.query(`DROP USER ${name} CASCADE`).catch((error: unknown) => {
          if (!String(error).includes('ORA-01918')) throw error;
        });
      }),
  };
}

async function openOracle(url: string): Promise<OpenSession> {
  const connection = await oracledb.getConnection(driverAttributes({ url, connectTimeoutMs: 10_000 }));
  let inTransaction = false;
  const query = async (sql: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
    if (/^\s*SET TRANSACTION\b/i.test(sql)) inTransaction = true;
    if (/^\s*(ROLLBACK|COMMIT)\s*$/i.test(sql)) inTransaction = false;
    const { rows = [] } = await connection.execute<Row>(sql, [...parameters] as never, {
      outFormat: oracledb.OUT_FORMAT_OBJECT,
      autoCommit: !inTransaction,
      maxRows: 0,
      fetchTypeHandler: ({ dbType }) =>
        dbType === oracledb.DB_TYPE_NUMBER || dbType === oracledb.DB_TYPE_CLOB ? { type: oracledb.STRING } : undefined,
    });
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value])),
    );
  };
  return {
    lost: () => !connection.isHealthy(),
    query,
    async script(sql) {
      await query(sql);
    },
    close: () => connection.close({ drop: true }).catch(() => undefined),
  };
}
