import type { Connection, NeededGrant } from '../dialect.js';
import { groupedInWords } from '../grants-in-words.js';
import { expressions } from './expressions.js';
import { ownerOf, storedName } from './owner.js';

/** The run log numbers its rows by an identity column, which is a sequence. */
export const installPrivileges: readonly string[] = [
  'CREATE TABLE',
  'CREATE VIEW',
  'CREATE PROCEDURE',
  'CREATE SEQUENCE',
];

/**
 * The same for a schema of somebody else, where nothing belongs to whoever makes it: tables of the installation are filled,
 * lists made anew, backup tables changed, and procedures read for their verification.
 */
const installAnywhere: readonly string[] = [
  'CREATE ANY TABLE',
  'CREATE ANY INDEX',
  'CREATE ANY VIEW',
  'CREATE ANY PROCEDURE',
  'CREATE ANY SEQUENCE',
  'ALTER ANY TABLE',
  'DROP ANY TABLE',
  'SELECT ANY TABLE',
  'INSERT ANY TABLE',
  'UPDATE ANY TABLE',
  'DELETE ANY TABLE',
  'EXECUTE ANY PROCEDURE',
];

const whoQuery = (owner: string) =>
  `SELECT USER AS user_name, CASE WHEN USER = ${owner} THEN 1 ELSE 0 END AS is_owner FROM DUAL`;

const systemQuery = 'SELECT p.PRIVILEGE AS privilege FROM SESSION_PRIVS p';

/** What was granted to the user, to everybody, or to a role that is active. */
const tablesQuery = (owner: string) => `
  SELECT p.TABLE_NAME AS table_name, p.PRIVILEGE AS privilege
  FROM ALL_TAB_PRIVS p
  WHERE p.TABLE_SCHEMA = ${owner}
    AND (p.GRANTEE IN (USER, 'PUBLIC') OR p.GRANTEE IN (SELECT r.ROLE FROM SESSION_ROLES r))`;

const knownQuery = (owner: string, list: string) =>
  `SELECT t.TABLE_NAME AS name FROM ALL_TABLES t WHERE t.OWNER = ${owner} AND t.TABLE_NAME IN (${list})`;

/**
 * What the connected user lacks, as it stands in GRANT. The procedures work with the privileges of the schema's owner, who
 * has them all on his own tables; somebody else needs the wider kind, on any schema, to install into his.
 */
export async function missingGrants(
  connection: Connection,
  needed: readonly NeededGrant[],
  namespace: string | undefined,
): Promise<readonly string[]> {
  const owner = ownerOf(namespace);
  const [who] = await connection.query(whoQuery(owner));
  const isOwner = String(who?.is_owner) === '1';
  const system = new Set((await connection.query(systemQuery)).map(({ privilege }) => String(privilege)));
  const onAll = needed.filter(({ on }) => on === '*').map(({ privilege }) => privilege);
  const lacking = (isOwner || onAll.length === 0 ? onAll : installAnywhere).filter(
    (privilege) => !system.has(privilege) && !system.has(privilege.replace(/^CREATE (?!ANY )/, 'CREATE ANY ')),
  );
  if (isOwner) return lacking;
  // What is asked for every table need not be asked for each.
  const given = new Set([...system, ...lacking]);
  return [...lacking, ...(await missingOnTables(connection, needed, namespace, given))];
}

async function missingOnTables(
  connection: Connection,
  needed: readonly NeededGrant[],
  namespace: string | undefined,
  system: ReadonlySet<string>,
): Promise<readonly string[]> {
  const owner = ownerOf(namespace);
  const wanted = needed.filter(({ on, privilege }) => on !== '*' && !system.has(`${privilege} ANY TABLE`));
  if (wanted.length === 0) return [];
  const list = [...new Set(wanted.map(({ on }) => expressions.literal(storedName(on))))].join(', ');
  const known = new Set((await connection.query(knownQuery(owner, list))).map(({ name }) => String(name)));
  const held = new Set((await connection.query(tablesQuery(owner))).map((row) => `${row.privilege} ${row.table_name}`));
  const missing = wanted.filter(
    ({ on, privilege }) => known.has(storedName(on)) && !held.has(`${privilege} ${storedName(on)}`),
  );
  return grantsInWords(missing, namespace);
}

/** As they stand in GRANT. */
export function grantsInWords(needed: readonly NeededGrant[], namespace: string | undefined): readonly string[] {
  const schema = namespace === undefined ? '' : `${expressions.identifier(namespace)}.`;
  return groupedInWords(needed, ({ on }) => (on === '*' ? '' : `${schema}${expressions.identifier(on)}`));
}
