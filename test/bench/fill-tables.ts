import { findTable } from '../../src/schema/find.js';
import type { Column, Table } from '../../src/schema/types.js';
import { quotedName } from '../support/data/dialect-words.js';
import { withSession } from '../support/data/session.js';
import type { Deployment } from '../support/deployment.js';
import { ago, digest, numbers, settle } from './subject.js';

type Words = Readonly<Record<string, (family: Deployment['family']) => string>>;

const daysAgoNs = (family: Deployment['family'], days: number): string =>
  family === 'mysql'
    ? `(UNIX_TIMESTAMP() - ${days} * 86400) * 1000000000 + n`
    : `(floor(extract(epoch FROM now()))::bigint - ${days} * 86400) * 1000000000 + n`;

/** What makes rows dead, and things of several rows; every other column is the same for the same number `n`. */
const columns: Words = {
  TOKEN_STATE: () => "CASE n % 4 WHEN 0 THEN 'ACTIVE' WHEN 1 THEN 'REVOKED' WHEN 2 THEN 'EXPIRED' ELSE 'INACTIVE' END",
  STATE: () => "CASE n % 2 WHEN 0 THEN 'ACTIVE' ELSE 'INACTIVE' END",
  VALIDITY_PERIOD: () => '3600000',
  REFRESH_TOKEN_VALIDITY_PERIOD: () => 'CASE n % 3 WHEN 0 THEN 3600000 ELSE -1 END',
  STATUS: () => "'APPROVED'",
  AUTH_REQ_STATUS: () => "CASE n % 2 WHEN 0 THEN 'EXPIRED' ELSE 'AUTHENTICATED' END",
  OPERATION: () => "CASE n % 4 WHEN 3 THEN 'DELETE' ELSE 'STORE' END",
  TYPE: () => "'AUTHENTICATION'",
  SESSION_TYPE: () => "'AppAuthFramework'",
  TIME_CREATED: (family) => daysAgoNs(family, 30),
  EXPIRY_TIME: (family) => daysAgoNs(family, 20),
  REG_PATH: () => "CONCAT('/_system/governance/apimgt/applicationdata/provider/', n % 20000)",
  REG_PATH_VALUE: () => "CONCAT('/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/', n)",
  REG_ACTION: () => 'CASE n % 5 WHEN 0 THEN 7 ELSE 1 END',
  REG_NAME: () => "'expireTime'",
  REG_RESOURCE_NAME: () => "'expireTime'",
  REG_VALUE: () => "CASE n % 2 WHEN 0 THEN '1577836800000' ELSE '9999999999999' END",
};

/** A column's value for the number `n`: the same in every table, so that what refers to each other is found. */
function cellOf(family: Deployment['family'], { name, type, family: kind }: Column): string {
  const special = columns[name.toUpperCase()];
  // Some tables keep under the same name a stamp, others nanoseconds.
  if (special !== undefined && kind !== 'timestamp') return special(family);
  if (/tenant_id$/i.test(name)) return '-1234';
  if (kind === 'integer') return /\b(tiny|small)int\b/i.test(type) ? '1' : 'n + 1';
  if (kind === 'timestamp') return ago(family, '40 * 86400 + n % 100000');
  if (kind === 'boolean') return family === 'mysql' ? '1' : 'true';
  if (kind === 'binary') return family === 'mysql' ? "X'00'" : "'\\x00'";
  const width = Math.min(Number(/\((\d+)\)/.exec(type)?.[1] ?? 36), 36);
  return `LEFT(${digest(family, 'n')}, ${width})`;
}

/** So many rows in each of the tables, parents and children by the same numbers. */
export async function fillTables(deployment: Deployment, tables: readonly string[], rows: number): Promise<void> {
  const { family, schema, query } = deployment;
  const live = tables.map((name) => findTable(schema, name)).filter((table): table is Table => table !== undefined);
  await withSession(query, family, { withoutForeignKeys: true }, async () => {
    for (const table of live) {
      const written = table.columns.filter(({ generated }) => !generated);
      const names = written.map(({ name }) => quotedName(family, name)).join(', ');
      const values = written.map((column) => cellOf(family, column)).join(', ');
      await query(
        `INSERT INTO ${quotedName(family, table.name)} (${names}) SELECT ${values} FROM ${numbers(family, rows)}`,
      );
    }
  });
  await settle(deployment, live.map(({ name }) => quotedName(family, name)).join(', '));
}
