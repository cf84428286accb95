import { type DialectFamily, withOwnNumbers } from '../support/data/dialect-words.js';
import type { Deployment } from '../support/deployment.js';

interface FillWords {
  /** The first of the hexadecimal digits, in no order, that a number makes; 64 in all. */
  digest(number: string, digits: number): string;
  ago(seconds: string): string;
  /** What is left of `n`. */
  rest(divisor: number): string;
  /** A list of the numbers `n` from zero. */
  numbers(count: number): string;
  readonly text: string;
  /** What stands behind a SELECT that reads no table. */
  readonly fromNothing: string;
  /** Whatever keeps the planner from being surprised, and the disk from being busy, when the test begins. */
  settle(tables: readonly string[]): readonly string[];
}

/** A list of the numbers `n` from zero, made of their decimal places; `digit` lists `v` from 0 to 9. */
function decimals(count: number, digit: (place: string) => string): string {
  const places = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, String(count - 1).length);
  const number = places.map((place, at) => `${place}.v * ${10 ** at}`).join(' + ');
  return `(SELECT y.n FROM (SELECT ${number} AS n FROM ${places.map(digit).join(', ')}) y WHERE y.n < ${count}) x`;
}

const remainder = (divisor: number): string => `n % ${divisor}`;

const fillWords: Readonly<Record<DialectFamily, FillWords>> = {
  postgresql: {
    digest: (number, digits) => `LEFT(encode(sha256((${number})::text::bytea), 'hex'), ${digits})`,
    rest: remainder,
    fromNothing: '',
    ago: (seconds) => `timezone('UTC', now()) - (${seconds}) * interval '1 second'`,
    numbers: (count) => `generate_series(0, ${count - 1}) AS x (n)`,
    text: 'text',
    settle: (tables) => [`VACUUM ANALYZE ${tables.join(', ')}`, 'CHECKPOINT'],
  },
  mysql: {
    digest: (number, digits) => `LEFT(SHA2(${number}, 256), ${digits})`,
    rest: remainder,
    fromNothing: '',
    ago: (seconds) => `UTC_TIMESTAMP() - INTERVAL (${seconds}) SECOND`,
    numbers: (count) =>
      `(WITH RECURSIVE d (v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM d WHERE v < 999) SELECT a.v * 1000 + b.v AS n FROM d a, d b WHERE a.v * 1000 + b.v < ${count}) x`,
    text: 'CHAR',
    settle: (tables) => [`ANALYZE TABLE ${tables.join(', ')}`],
  },
  mssql: {
    digest: (number, digits) =>
      `LEFT(CONVERT(CHAR(64), HASHBYTES('SHA2_256', CAST(${number} AS VARCHAR(20))), 2), ${digits})`,
    rest: remainder,
    fromNothing: '',
    ago: (seconds) => `DATEADD(SECOND, -(${seconds}), SYSUTCDATETIME())`,
    numbers: (count) =>
      decimals(count, (place) => `(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) ${place} (v)`),
    text: 'VARCHAR(255)',
    settle: (tables) => tables.map((table) => `UPDATE STATISTICS ${table}`),
  },
  oracle: {
    digest: (number, digits) => `SUBSTR(RAWTOHEX(STANDARD_HASH(${number} || 'x', 'SHA256')), 1, ${digits})`,
    rest: (divisor) => `MOD(n, ${divisor})`,
    fromNothing: ' FROM DUAL',
    ago: (seconds) => `SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(${seconds}, 'SECOND')`,
    numbers: (count) =>
      decimals(count, (place) => {
        const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS v FROM DUAL`);
        return `(${digits.join(' UNION ALL ')}) ${place}`;
      }),
    text: 'VARCHAR2(255)',
    settle: (tables) => tables.map((table) => `BEGIN DBMS_STATS.GATHER_TABLE_STATS(USER, '${table}'); END;`),
  },
};

/** Tokens of which 70 % are dead (40 % by their state, 30 % by their age), with two scopes each. */
export async function fillTokens(deployment: Pick<Deployment, 'query' | 'family'>, rows: number): Promise<void> {
  const { query, family } = deployment;
  const { digest, rest, ago, numbers: upTo, text, fromNothing, settle } = fillWords[family];
  const numbers = upTo(rows);
  const period = `CASE WHEN ${rest(10)} < 3 THEN 3600000 ELSE 3600000000000 END`;
  const applications = `INSERT INTO IDN_OAUTH_CONSUMER_APPS (ID, CONSUMER_KEY) SELECT n + 1, CONCAT('app', n) FROM ${upTo(Math.min(rows, 50))}`;
  await query(withOwnNumbers(family, 'IDN_OAUTH_CONSUMER_APPS', applications));
  await query(
    `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
       USER_DOMAIN, USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
       REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
       ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, IDP_ID)
     SELECT ${digest('n', 36)}, ${digest('n + 1000000', 36)}, ${digest('n + 2000000', 36)}, ${rest(50)} + 1,
       CONCAT('user', ${rest(1000)}), -1234, 'PRIMARY', 'APPLICATION_USER', 'password',
       ${ago('CASE WHEN n = 9 THEN 60 ELSE 200000 + n END')}, ${ago('200000 + n')}, ${period}, ${period},
       ${digest('n', 32)},
       CASE WHEN ${rest(10)} < 6 THEN 'ACTIVE' WHEN ${rest(10)} < 8 THEN 'INACTIVE' ELSE 'REVOKED' END,
       ${digest('n + 3000000', 36)}, CONCAT('user', ${rest(1000)}), ${digest('n + 1000000', 64)}, ${digest('n + 2000000', 64)}, 1
     FROM ${numbers}`,
  );
  const scopes = ["'openid' AS scope", "'profile'"].map((scope) => `SELECT ${scope}${fromNothing}`).join(' UNION ALL ');
  await query(
    `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN_SCOPE (TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
     SELECT TOKEN_ID, CAST(s.scope AS ${text}), -1234 FROM IDN_OAUTH2_ACCESS_TOKEN, (${scopes}) s`,
  );
  for (const statement of settle(['IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE'])) await query(statement);
}
