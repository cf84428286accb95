import pg from 'pg';
import { noteAdapted } from './adapted-notes.js';
import { standIns } from './ivorysql-dictionary.js';
import { adaptDriver } from './ivorysql-driver.js';
import type { OracleServer } from './oracle.js';
import { urlForDatabase } from './session.js';

/** IvorySQL, for which a "database" of a test is one of PostgreSQL's, with a dictionary that stands in for Oracle's. */
export async function ivorysqlServer(admin: string): Promise<OracleServer> {
  adaptDriver();
  const wire = admin.replace(/^ivorysql:/, 'postgresql:');
  const [row] = await statements(wire, 'SELECT version() AS version');
  const version = /IvorySQL ([^)]+)/.exec(String(row?.version))?.[1];
  if (version === undefined) throw new Error(`${row?.version} is no IvorySQL`);
  return {
    version,
    imitation: `IvorySQL ${version}`,
    urlOf: (name) => urlForDatabase(admin, name).replace(/^ivorysql:/, 'oracle:'),
    async createSchema(name) {
      await statements(wire, `CREATE DATABASE ${name}`);
      await statements(urlForDatabase(wire, name), ...standIns(name));
      noteAdapted('oracle', 'the dictionary');
    },
    async dropSchema(name) {
      await statements(wire, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** Runs the statements as they are; answers with the rows of the last. */
async function statements(connectionString: string, ...list: readonly string[]): Promise<readonly pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString });
  const complaints: string[] = [];
  client.on('notice', ({ message = '' }) => {
    if (/compilation error/i.test(message)) complaints.push(message);
  });
  await client.connect();
  try {
    let rows: readonly pg.QueryResultRow[] = [];
    for (const statement of list) {
      ({ rows } = await client.query(statement));
      if (complaints.length > 0) throw new Error(`${complaints.join('; ')}: ${statement}`);
    }
    return rows;
  } finally {
    await client.end();
  }
}
