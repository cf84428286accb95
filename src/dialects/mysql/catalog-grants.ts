import type { Connection, NeededGrant } from '../dialect.js';
import { groupedInWords } from '../grants-in-words.js';
import { expressions } from './expressions.js';

/** One line of SHOW GRANTS that gives or takes privileges. */
export interface Grant {
  readonly takes: boolean;
  /** Upper case; `ALL PRIVILEGES` among them stands for every one. */
  readonly privileges: readonly string[];
  /** A pattern in a grant on a whole database; `*` for all databases. */
  readonly database: string;
  /** `*` for all tables. */
  readonly table: string;
}

const nameForm = '(?:`(?:[^`]|``)*`|"(?:[^"]|"")*"|[^`"\\s.]+)';
const grantForm = new RegExp(`^(GRANT|REVOKE) (.+?) ON (?:TABLE )?(${nameForm})\\.(${nameForm}) (?:TO|FROM) `, 'i');

/** What the current user holds, the roles that are active in this session included. */
export async function readGrants(connection: Connection): Promise<readonly Grant[]> {
  const [row] = await connection.query('SELECT CURRENT_ROLE() AS roles, VERSION() AS version_text');
  const roles = String(row?.roles ?? 'NONE');
  // MariaDB lists what its one active role gives by itself; MySQL names roles and expands them only when told to.
  const expands = /mariadb/i.test(String(row?.version_text)) || roles === 'NONE';
  const rows = await connection.query(`SHOW GRANTS FOR CURRENT_USER()${expands ? '' : ` USING ${roles}`}`);
  const own = expands && roles !== 'NONE' ? await connection.query('SHOW GRANTS') : [];
  return [...rows, ...own].flatMap((one) => parseGrant(String(Object.values(one)[0])));
}

/** Reads one line; grants on routines, of roles and of proxies say nothing about tables. */
export function parseGrant(line: string): readonly Grant[] {
  const found = grantForm.exec(line);
  if (found === null) return [];
  const [, verb = '', list = '', database = '', table = ''] = found;
  // Privileges on single columns, "SELECT (`a`)", never suffice.
  const privileges = list
    .replace(/\w[\w ]*\((?:[^()`"]|`[^`]*`|"[^"]*")*\)/g, '')
    .split(',')
    .map((privilege) => privilege.trim().toUpperCase())
    .filter((privilege) => privilege !== '');
  return [{ takes: verb.toUpperCase() === 'REVOKE', privileges, database: unquote(database), table: unquote(table) }];
}

const unquote = (name: string): string => {
  const quote = name[0];
  return quote === '`' || quote === '"' ? name.slice(1, -1).replaceAll(quote + quote, quote) : name;
};

/** Whether the grants give a privilege globally, on a database, or on one of its tables. */
export function holds(grants: readonly Grant[], privilege: string, database?: string, table?: string): boolean {
  const applying = grants.filter(
    (grant) => covers(grant, database, table) && grant.privileges.some((one) => names(one, privilege)),
  );
  return applying.some((grant) => !grant.takes) && !applying.some((grant) => grant.takes);
}

const names = (given: string, wanted: string): boolean => given === wanted || /^ALL( PRIVILEGES)?$/.test(given);

function covers(grant: Grant, database: string | undefined, table: string | undefined): boolean {
  if (grant.database === '*') return true;
  if (database === undefined) return false;
  if (grant.table === '*') return likePattern(grant.database).test(database);
  return grant.database === database && grant.table === table;
}

/** In a grant on a whole database, % and _ stand for others unless escaped: `wso2\_%`. */
function likePattern(text: string): RegExp {
  const parts = text.match(/\\[\s\S]|[\s\S]/gu) ?? [];
  const source = parts.map((part) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    return (part.length > 1 && part.startsWith('\\') ? part.slice(1) : part).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 'us');
}

/** What the connected user lacks, as it stands in GRANT. */
export async function missingGrants(
  connection: Connection,
  needed: readonly NeededGrant[],
): Promise<readonly string[]> {
  const [row] = await connection.query('SELECT DATABASE() AS name');
  const database = String(row?.name);
  const grants = await readGrants(connection);
  const missing = needed.filter(
    ({ privilege, on }) => !holds(grants, privilege, database, on === '*' ? undefined : on),
  );
  // What is asked for the whole database need not be asked for each table again.
  const onAll = new Set(missing.filter(({ on }) => on === '*').map(({ privilege }) => privilege));
  const rest = missing.filter(({ privilege, on }) => on === '*' || !onAll.has(privilege));
  return grantsInWords(rest, database);
}

/** As they stand in GRANT; without a database, for the one in use. */
export function grantsInWords(needed: readonly NeededGrant[], database: string | undefined): readonly string[] {
  const inDatabase = database === undefined ? '' : `${expressions.identifier(database)}.`;
  const place = ({ on, kind }: NeededGrant): string =>
    `${kind === undefined ? '' : `${kind.toUpperCase()} `}${inDatabase}${on === '*' ? '*' : expressions.identifier(on)}`;
  return groupedInWords(needed, place);
}
