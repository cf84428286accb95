import oracledb from 'oracledb';
import pg from 'pg';
import { adapted } from './adaptation.js';
import { noteAdapted } from './adapted-notes.js';
import { preloadInChildren } from './child-environment.js';
import { adaptations } from './ivorysql-adaptations.js';
import { dictionarySchema, dropOverloads, noteCompiled, recordOf } from './ivorysql-dictionary.js';

// IvorySQL reads much of Oracle's SQL and PL/SQL and speaks PostgreSQL's wire. What the npm package oracledb offers of a
// connection is offered here over that wire, so that the product's own connections, and its command line, reach it too.

type Attributes = Pick<oracledb.ConnectionAttributes, 'user' | 'password' | 'connectString'>;
type Options = Pick<oracledb.ExecuteOptions, 'autoCommit'>;
interface Answer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** So much of the driver's connection as deepclean and its tests use. */
interface Connection {
  execute(sql: string, parameters?: readonly unknown[], options?: Options): Promise<Answer>;
  break(): Promise<void>;
  close(): Promise<void>;
  isHealthy(): boolean;
}

let isAdapting = false;

/** From here on, every connection that this process opens to Oracle is one to the imitation. */
export function adaptDriver(): void {
  if (isAdapting) return;
  isAdapting = true;
  preloadInChildren(new URL('./ivorysql-preload.ts', import.meta.url));
  Object.assign(oracledb, { getConnection: open });
}

/** Numbers and stamps as the server prints them, as the product asks the driver for numbers. */
const asPrinted = { getTypeParser: () => (text: string) => text };

async function open({ user, password, connectString = '' }: Attributes): Promise<Connection> {
  const url = new URL(connectString.replace(/^tcps?:/, 'postgresql:'));
  const target: pg.ClientConfig = {
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
  };
  const client = new pg.Client({ ...target, types: asPrinted });
  let lost = false;
  const isLost = (): void => {
    lost = true;
  };
  client.on('error', isLost);
  client.on('end', isLost);
  // A body that does not compile is only warned of, as it is on Oracle.
  let complaint: string | undefined;
  client.on('notice', ({ message = '', hint = '', detail = '' }) => {
    if (/compilation error/i.test(message)) complaint = [message, detail, hint].filter(Boolean).join('; ');
  });
  await client.connect().catch(rethrow);
  const send = async (sql: string, parameters: readonly unknown[] = []): Promise<Answer> => {
    const { rows = [] } = await client.query(sql, [...parameters]).catch(rethrow);
    return { rows: rows.map(upperCased) };
  };
  const [{ PID: pid } = {}] = (await send('SELECT pg_backend_pid() AS pid')).rows;
  // What was in a table stays where it was, so that ROWID can be asked for.
  await send('SET ivorysql.default_with_rowids = on');

  let inTransaction = false;
  async function execute(sql: string, parameters: readonly unknown[] = [], autoCommit = false): Promise<Answer> {
    const { sql: text, used } = adapted(sql, adaptations);
    for (const { what } of used) noteAdapted('oracle', what);
    if (!autoCommit && !inTransaction) await send('BEGIN');
    inTransaction = !autoCommit;
    complaint = undefined;
    const record = recordOf(sql);
    if (record !== undefined && (await send("SELECT to_regtype('iv_run') AS oid")).rows[0]?.OID === null)
      await send(`CREATE TYPE ${dictionarySchema}.iv_run AS (${record})`);
    // Procedures share no name there, whatever they take.
    const [, replaced] = /^\s*CREATE OR REPLACE PROCEDURE (?:["\w]+\.)?(\w+)/i.exec(text) ?? [];
    if (replaced !== undefined) await send(dropOverloads(replaced));
    const answer = await send(text, parameters);
    for (const statement of noteCompiled(text, complaint)) await send(statement);
    return answer;
  }
  // The vendor's driver sends what is asked of one connection in turn.
  let previous: Promise<unknown> = Promise.resolve();
  return {
    execute(sql, parameters, options) {
      const answer = previous.then(() => execute(sql, parameters, options?.autoCommit));
      previous = answer.catch(() => undefined);
      return answer;
    },
    async break() {
      const other = new pg.Client(target);
      await other.connect();
      await other.query(`SELECT pg_cancel_backend(${pid})`);
      await other.end();
    },
    close: () => client.end(),
    isHealthy: () => !lost,
  };
}

const upperCased = (row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toUpperCase(), value]));

/** Errors that the product knows by the vendor's numbers, by PostgreSQL's. */
const numbers: Readonly<Record<string, string>> = {
  '28P01': 'ORA-01017',
  '28000': 'ORA-01017',
  '3D000': 'ORA-12514',
  '57P01': 'ORA-00028',
  ECONNREFUSED: 'NJS-503',
};

function rethrow(error: unknown): never {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  const number = numbers[String(error.code)];
  if (number === undefined) throw error;
  throw Object.assign(new Error(`${number}: ${error.message}`, { cause: error }), { code: number });
}
