import { groupBy } from '../../schema/related-tables.js';
import type { Connection, NeededGrant } from '../dialect.js';
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
  const schema = expressions.identifier(namespace);
  return [...groupBy(missing, ({ on }) => on)].map(([on, grants]) => {
    const privileges = [...new Set(grants.map(({ privilege }) => privilege))].join(', ');
    return `${privileges} ON ${on === '*' ? `SCHEMA ${schema}` : `${schema}.${expressions.identifier(on)}`}`;
  });
}
