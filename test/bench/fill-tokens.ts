import type { Deployment } from '../support/deployment.js';

/** Tokens of which 70 % are dead (40 % by their state, 30 % by their age), with two scopes each. */
export async function fillTokens(deployment: Pick<Deployment, 'query' | 'family'>, rows: number): Promise<void> {
  const { query, family } = deployment;
  const mysql = family === 'mysql';
  const digest = (text: string): string =>
    mysql ? `SHA2(${text}, 256)` : `encode(sha256((${text})::text::bytea), 'hex')`;
  const ago = (seconds: string): string =>
    mysql
      ? `UTC_TIMESTAMP() - INTERVAL (${seconds}) SECOND`
      : `timezone('UTC', now()) - (${seconds}) * interval '1 second'`;
  const numbers = mysql
    ? `(WITH RECURSIVE d (v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM d WHERE v < 999) SELECT a.v * 1000 + b.v AS n FROM d a, d b WHERE a.v * 1000 + b.v < ${rows}) x`
    : `generate_series(0, ${rows - 1}) AS x (n)`;
  const text = mysql ? 'CHAR' : 'text';
  const period = 'CASE WHEN n % 10 < 3 THEN 3600000 ELSE 3600000000000 END';
  await query(
    `INSERT INTO IDN_OAUTH_CONSUMER_APPS (ID, CONSUMER_KEY) SELECT n + 1, CONCAT('app', n) FROM ${numbers} WHERE n < 50`,
  );
  await query(
    `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
       USER_DOMAIN, USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
       REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
       ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, IDP_ID)
     SELECT LEFT(${digest('n')}, 36), LEFT(${digest('n + 1000000')}, 36), LEFT(${digest('n + 2000000')}, 36), n % 50 + 1,
       CONCAT('user', n % 1000), -1234, 'PRIMARY', 'APPLICATION_USER', 'password',
       ${ago('CASE WHEN n = 9 THEN 60 ELSE 90000 + n END')}, ${ago('90000 + n')}, ${period}, ${period},
       LEFT(${digest('n')}, 32),
       CASE WHEN n % 10 < 6 THEN 'ACTIVE' WHEN n % 10 = 6 THEN 'INACTIVE' WHEN n % 10 = 7 THEN 'EXPIRED' ELSE 'REVOKED' END,
       LEFT(${digest('n + 3000000')}, 36), CONCAT('user', n % 1000), ${digest('n + 1000000')}, ${digest('n + 2000000')}, 1
     FROM ${numbers}`,
  );
  await query(
    `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN_SCOPE (TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
     SELECT TOKEN_ID, CAST(s.scope AS ${text}), -1234 FROM IDN_OAUTH2_ACCESS_TOKEN, (SELECT 'openid' AS scope UNION ALL SELECT 'profile') s`,
  );
  const tables = 'IDN_OAUTH2_ACCESS_TOKEN, IDN_OAUTH2_ACCESS_TOKEN_SCOPE';
  await query(mysql ? `ANALYZE TABLE ${tables}` : `VACUUM ANALYZE ${tables}`);
  if (!mysql) await query('CHECKPOINT');
}
