import type { Connection, NeededGrant } from '../dialect.js';
import { groupedInWords } from '../grants-in-words.js';
import { expressions } from './expressions.js';

/** The server answers for roles, membership and superusers alike; a table that is not there is not asked about. */
const tablesQuery = `
  SELECT w.place
  FROM unnest($2::text[], $3::text[]) WITH ORDINALITY w (table_name, privilege, place)
  JOIN pg_namespace n ON n.nspname = $1
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.table_name
  WHERE NOT has_table_privilege(c.oid, w.privilege)`;

const namespaceQuery = `
  SELECT w.place
  FROM unnest($2::text[]) WITH ORDINALITY w (privilege, place)
  JOIN pg_namespace n ON n.nspname = $1
  WHERE NOT has_schema_privilege(n.oid, w.privilege)`;

/** What the connected user lacks, as it stands in GRANT. */
export async function missingGrants(
  connection: Connection,
  needed: readonly NeededGrant[],
  namespace = 'public',
): Promise<readonly string[]> {
  const onAll = needed.filter(({ on }) => on === '*');
  const onTables = needed.filter(({ on }) => on !== '*');
  const lacksOnAll = await connection.query(namespaceQuery, [namespace, onAll.map(({ privilege }) => privilege)]);
  const lacksOnTables = await connection.query(tablesQuery, [
    namespace,
    onTables.map(({ on }) => on),
    onTables.map(({ privilege }) => privilege),
  ]);
  const missing = [
    ...lacksOnAll.map(({ place }) => onAll[Number(place) - 1]),
    ...lacksOnTables.map(({ place }) => onTables[Number(place) - 1]),
  ].filter((grant) => grant !== undefined);
  return grantsInWords(missing, namespace);
}

/** As they stand in GRANT. */
export function grantsInWords(needed: readonly NeededGrant[], namespace = 'public'): readonly string[] {
  const schema = expressions.identifier(namespace);
  const place = ({ on, kind }: NeededGrant): string =>
    on === '*'
      ? `SCHEMA ${schema}`
      : `${kind === undefined ? '' : `${kind.toUpperCase()} `}${schema}.${expressions.identifier(on)}`;
  return groupedInWords(needed, place);
}
