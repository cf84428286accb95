import type { Connection, NeededGrant } from '../dialect.js';
import { groupedInWords } from '../grants-in-words.js';
import { expressions } from './expressions.js';

/** Privileges that are given on the database as a whole, and on no schema or table. */
const ofDatabase = /^(CREATE|VIEW) /;

/** What the connected user lacks, as it stands in GRANT; the server answers for roles and administrators alike. */
export async function missingGrants(
  connection: Connection,
  needed: readonly NeededGrant[],
  namespace = 'dbo',
): Promise<readonly string[]> {
  if (needed.length === 0) return [];
  const schema = expressions.identifier(namespace);
  const asked = needed.map((grant) => {
    const { privilege, on } = grant;
    const table = `${schema}.${expressions.identifier(on)}`;
    const [securable, place] = ofDatabase.test(privilege)
      ? ['DB_NAME()', 'DATABASE']
      : on === '*'
        ? [expressions.literal(schema), 'SCHEMA']
        : [expressions.literal(table), 'OBJECT'];
    const held = `HAS_PERMS_BY_NAME(${securable}, '${place}', '${privilege}')`;
    const isThere = place === 'OBJECT' ? `CASE WHEN OBJECT_ID(${securable}) IS NOT NULL THEN ${held} END` : held;
    return { grant, check: isThere };
  });
  // NULL: there is no such table yet, and its maker will have every privilege on it.
  const rows = await connection.query(
    asked.map(({ check }, at) => `SELECT ${at} AS place, ${check} AS held`).join(' UNION ALL '),
  );
  const missing = rows
    .filter(({ held }) => held !== null && Number(held) === 0)
    .flatMap(({ place }) => asked[Number(place)]?.grant ?? []);
  return grantsInWords(missing, namespace);
}

/** As they stand in GRANT. */
export function grantsInWords(needed: readonly NeededGrant[], namespace = 'dbo'): readonly string[] {
  const schema = expressions.identifier(namespace);
  const place = ({ privilege, on }: NeededGrant): string => {
    if (ofDatabase.test(privilege)) return '';
    return on === '*' ? `SCHEMA::${schema}` : `${schema}.${expressions.identifier(on)}`;
  };
  return groupedInWords(needed, place);
}
