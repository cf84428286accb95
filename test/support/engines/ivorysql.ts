import pg from 'pg';
import { adapted } from './adaptation.js';
import { noteAdapted } from './adapted-notes.js';
import { adaptations } from './ivorysql-adaptations.js';
import { standIns } from './ivorysql-dictionary.js';
import type { OracleServer } from './oracle.js';
import { type OpenSession, once, urlForDatabase } from './session.js';
import type { Row } from './types.js';

// IvorySQL reads much of Oracle's SQL and PL/SQL and speaks PostgreSQL's wire, so only tests can be connected to it.

export async function ivorysqlServer(admin: string): Promise<OracleServer> {
  const wire = admin.replace(/^ivorysql:/, 'postgresql:');
  const onServer = <T>(use: (session: OpenSession) => Promise<T>): Promise<T> => once(() => openPlain(wire), use);
  const [row] = await onServer((session) => session.query('SELECT version() AS version'));
  const version = /IvorySQL ([^)]+)/.exec(String(row?.version))?.[1];
  if (version === undefined) throw new Error(`${row?.version} is no IvorySQL`);
  const urlOf = (name: string): string => urlForDatabase(wire, name);
  return {
    version,
    imitation: `IvorySQL ${version}`,
    // What opens URLs does not speak this wire.
    urlOf: () => undefined,
    createSchema: (name) =>
      onServer(async (server) => {
        await server.query(`CREATE DATABASE ${name}`);
        await once(
          () => openPlain(urlOf(name)),
          async (session) => {
            for (const statement of standIns(name)) await session.query(statement);
            noteAdapted('oracle', 'the dictionary');
          },
        );
      }),
    dropSchema: async (name) => {
      await onServer((server) => server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
    open: async (name) => adapting(await openPlain(urlOf(name))),
  };
}

function adapting(session: OpenSession): OpenSession {
  return {
    ...session,
    query(sql, parameters) {
      const { sql: text, used } = adapted(sql, adaptations);
      for (const { what } of used) noteAdapted('oracle', what);
      return session.query(text, parameters);
    },
  };
}

async function openPlain(connectionString: string): Promise<OpenSession> {
  const client = new pg.Client({ connectionString });
  let lost = false;
  client.on('error', () => {
    lost = true;
  });
  client.on('end', () => {
    lost = true;
  });
  // A body that does not compile is only warned of, and fails when it is called.
  let complaint: string | undefined;
  client.on('notice', ({ message = '', hint = '', detail = '' }) => {
    if (/compilation error/i.test(message)) complaint = [message, detail, hint].filter(Boolean).join('; ');
  });
  await client.connect();
  // What was in a table stays where it was, so that ROWID can be asked for.
  await client.query('SET ivorysql.default_with_rowids = on');
  const query = async (sql: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
    complaint = undefined;
    const result = await client.query<Row>(sql, [...parameters]);
    if (complaint !== undefined) throw new Error(`${complaint}: ${sql.slice(0, 200)}`);
    return result.rows ?? [];
  };
  return {
    lost: () => lost,
    query,
    async script(sql) {
      await query(sql);
    },
    close: () => client.end(),
  };
}
