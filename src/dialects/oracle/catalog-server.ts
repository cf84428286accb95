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

/** The parameter COMPATIBLE, which only PL/SQL may ask for without a grant. Servers before 12.1 cannot read the question. */
const compatibleQuery = `
  WITH
    FUNCTION COMPATIBLE_VERSION RETURN VARCHAR2 IS
      v_version    VARCHAR2(100);
      v_compatible VARCHAR2(100);
    BEGIN
      DBMS_UTILITY.DB_VERSION(v_version, v_compatible);
      RETURN v_compatible;
    END COMPATIBLE_VERSION;
  SELECT COMPATIBLE_VERSION AS compatible FROM DUAL`;

/** What is written to a snapshot standby is lost when it becomes a standby again, as whoever rehearses there wants it. */
const takesWrites: readonly string[] = ['PRIMARY', 'SNAPSHOT STANDBY'];

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
    ...(!takesWrites.includes(role) && { readOnly: `its role is ${role}; a standby takes no writes` }),
    obstacles: await obstaclesOf(connection, version),
  };
}

/** A server that was upgraded may still keep to the limits of the old one. */
async function obstaclesOf(connection: Connection, version: string): Promise<readonly string[]> {
  if (isBefore122(version)) return [];
  // Where the package is not for everybody nothing is known, and the first long name would tell.
  const [row] = await connection.query(compatibleQuery).catch(() => []);
  const compatible = row?.compatible;
  if (typeof compatible !== 'string' || !isBefore122(compatible)) return [];
  return [
    `its parameter COMPATIBLE is ${compatible}, which allows names of 30 bytes; deepclean's are longer and need 12.2.0`,
  ];
}

function isBefore122(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 12 || (major === 12 && minor < 2);
}
