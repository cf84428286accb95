import { sessions as policy } from '../../src/policies/sessions.js';
import type { Deployment } from '../support/deployment.js';
import { digest, numbers, type Subject, settle } from './subject.js';

const rowsPerSession = 4;

/** Objects of 4 KB that no server can make smaller. */
const object = (family: Deployment['family']): string =>
  family === 'mysql'
    ? 'CONCAT(RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024))'
    : "(SELECT string_agg(sha256((x.n || '-' || k)::text::bytea), '') FROM generate_series(1, 128) k)";

const now = (family: Deployment['family']): string =>
  family === 'mysql' ? 'UNIX_TIMESTAMP() * 1000000000' : 'floor(extract(epoch FROM now()))::bigint * 1000000000';

/** Nine of ten sessions expired yesterday; a mapping hangs on each. */
async function fill({ query, family }: Deployment, rows: number): Promise<void> {
  const number = family === 'mysql' ? `n DIV ${rowsPerSession}` : `n / ${rowsPerSession}`;
  const session = digest(family, number);
  const hour = '3600000000000';
  const lives = `(${number}) % 10 = 0`;
  const chunk = 20_000;
  for (let from = 0; from < rows; from += chunk) {
    const source = numbers(family, rows);
    await query(
      `INSERT INTO IDN_AUTH_SESSION_STORE (SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
       SELECT ${session}, 'AppAuthFramework', 'STORE', ${object(family)},
         ${now(family)} - CASE WHEN ${lives} THEN 1 ELSE 30 END * ${hour} + n, -1234,
         ${now(family)} + CASE WHEN ${lives} THEN 1 ELSE -24 END * ${hour}
       FROM ${source} WHERE n >= ${from} AND n < ${from + chunk}`,
    );
  }
  await query(
    `INSERT INTO IDN_AUTH_SESSION_META_DATA (SESSION_ID, PROPERTY_TYPE, VALUE)
     SELECT DISTINCT SESSION_ID, 'User Agent', 'browser' FROM IDN_AUTH_SESSION_STORE`,
  );
  await settle({ query, family }, 'IDN_AUTH_SESSION_STORE, IDN_AUTH_SESSION_META_DATA');
}

async function oneStatement({ query, family }: Deployment): Promise<void> {
  await query(`DELETE FROM IDN_AUTH_SESSION_STORE WHERE EXPIRY_TIME < ${now(family)} - 7200000000000`);
  await query(
    `DELETE FROM IDN_AUTH_SESSION_META_DATA WHERE SESSION_ID NOT IN (SELECT SESSION_ID FROM IDN_AUTH_SESSION_STORE)`,
  );
}

/** 200 000 rows of 50 000 sessions, with objects of 4 KB; 90 % have ended. */
export const sessions: Subject = {
  policy,
  tables: ['IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_SESSION_STORE', 'IDN_AUTH_SESSION_META_DATA'],
  rows: 200_000,
  table: 'IDN_AUTH_SESSION_STORE',
  fill,
  survivors: (rows) => rows / 10,
  oneStatement,
};
