import type { Connection, ServerFacts } from '../dialect.js';

/** Views and context that every user may read. */
const query = `
  SELECT
    (SELECT MAX(v.VERSION) FROM PRODUCT_COMPONENT_VERSION v WHERE v.PRODUCT LIKE 'Oracle%') AS version,
    (SELECT MAX(v.PRODUCT) FROM PRODUCT_COMPONENT_VERSION v WHERE v.PRODUCT LIKE 'Oracle%') AS product,
    TO_CHAR(SYSTIMESTAMP, 'TZR') AS time_zone,
    SYS_CONTEXT('USERENV', 'SESSION_USER') AS user_name,
    COALESCE(SYS_CONTEXT('USERENV', 'CON_NAME'), SYS_CONTEXT('USERENV', 'DB_NAME')) AS database_name,
    SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') AS namespace,
    SYS_CONTEXT('USERENV', 'DATABASE_ROLE') AS database_role
  FROM DUAL`;

/** What the server says of itself. */
export async function readServer(connection: Connection): Promise<ServerFacts> {
  const [row] = await connection.query(query);
  if (row === undefined) throw new Error('the server said nothing of itself');
  const version = String(row.version);
  const role = String(row.database_role ?? 'PRIMARY');
  return {
    product: 'Oracle',
    version: /^\d+(\.\d+)*/.exec(version)?.[0] ?? version,
    versionText: `${row.product} ${version}`,
    timeZone: String(row.time_zone),
    user: String(row.user_name),
    database: String(row.database_name),
    namespace: String(row.namespace),
    ...(role !== 'PRIMARY' && { readOnly: `its role is ${role}; a standby takes no writes` }),
    obstacles: [],
  };
}
