import { groupBy, relatedTables } from '../../schema/related-tables.js';
import type { Column, DeleteRule, ForeignKey, Index, Table } from '../../schema/types.js';
import type { Connection, ResultRow } from '../dialect.js';
import { invisibleQuery, readColumns } from './catalog-columns.js';
import { expressions } from './expressions.js';
import { ownerOf, storedName } from './owner.js';

/** Tables of materialized views and of other tables' parts are none of the application's. */
const tablesQuery = (owner: string) => `
  SELECT t.TABLE_NAME AS name
  FROM ALL_TABLES t
  WHERE t.OWNER = ${owner} AND t.NESTED = 'NO' AND t.SECONDARY = 'N' AND t.IOT_NAME IS NULL AND t.DROPPED = 'NO'
  ORDER BY t.TABLE_NAME`;

/** A row per column of each key that refers to a table of the schema. */
const foreignKeysQuery = (owner: string) => `
  SELECT k.CONSTRAINT_NAME AS name, k.OWNER AS namespace, CASE WHEN k.OWNER = ${owner} THEN 1 ELSE 0 END AS is_own,
    k.TABLE_NAME AS table_name, c.COLUMN_NAME AS own, p.TABLE_NAME AS parent, r.COLUMN_NAME AS theirs,
    k.DELETE_RULE AS rule, k.STATUS AS status, k.DEFERRED AS deferred
  FROM ALL_CONSTRAINTS k
  JOIN ALL_CONSTRAINTS p ON p.OWNER = k.R_OWNER AND p.CONSTRAINT_NAME = k.R_CONSTRAINT_NAME
  JOIN ALL_CONS_COLUMNS c ON c.OWNER = k.OWNER AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME
  JOIN ALL_CONS_COLUMNS r ON r.OWNER = p.OWNER AND r.CONSTRAINT_NAME = p.CONSTRAINT_NAME AND r.POSITION = c.POSITION
  WHERE k.CONSTRAINT_TYPE = 'R' AND p.OWNER = ${owner}
  ORDER BY k.OWNER, k.TABLE_NAME, k.CONSTRAINT_NAME, c.POSITION`;

const primaryKeysQuery = (owner: string, list: string) => `
  SELECT k.TABLE_NAME AS table_name, c.COLUMN_NAME AS column_name
  FROM ALL_CONSTRAINTS k
  JOIN ALL_CONS_COLUMNS c ON c.OWNER = k.OWNER AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME
  WHERE k.CONSTRAINT_TYPE = 'P' AND k.STATUS = 'ENABLED' AND k.OWNER = ${owner} AND k.TABLE_NAME IN (${list})
  ORDER BY k.TABLE_NAME, c.POSITION`;

/** An index of expressions says nothing about columns; that of the primary key is the key itself. */
const indexesQuery = (owner: string, list: string) => `
  SELECT i.TABLE_NAME AS table_name, i.INDEX_NAME AS name, i.UNIQUENESS AS uniqueness, c.COLUMN_NAME AS column_name
  FROM ALL_INDEXES i
  JOIN ALL_IND_COLUMNS c ON c.INDEX_OWNER = i.OWNER AND c.INDEX_NAME = i.INDEX_NAME
  WHERE i.TABLE_OWNER = ${owner} AND i.TABLE_NAME IN (${list}) AND i.INDEX_TYPE = 'NORMAL' AND i.VISIBILITY = 'VISIBLE'
    AND i.STATUS <> 'UNUSABLE'
    AND NOT EXISTS (
      SELECT 1 FROM ALL_CONSTRAINTS k
      WHERE k.CONSTRAINT_TYPE = 'P' AND k.OWNER = i.TABLE_OWNER AND k.TABLE_NAME = i.TABLE_NAME
        AND k.INDEX_NAME = i.INDEX_NAME)
  ORDER BY i.TABLE_NAME, i.INDEX_NAME, c.COLUMN_POSITION`;

/** What stands under a table's name and is none of the schema's own tables. */
const notTablesQuery = (owner: string) => `
  SELECT o.OBJECT_NAME AS name, o.OBJECT_TYPE AS type
  FROM ALL_OBJECTS o
  WHERE o.OWNER = ${owner} AND o.OBJECT_TYPE IN ('VIEW', 'SYNONYM')
  ORDER BY o.OBJECT_NAME`;

/** Policies that may hide rows, or what columns hold, from whoever asks. */
const policiesQuery = (owner: string) => `
  SELECT p.OBJECT_NAME AS table_name, MIN(p.POLICY_NAME) AS policy
  FROM ALL_POLICIES p
  WHERE p.OBJECT_OWNER = ${owner} AND p.ENABLE = 'YES'
  GROUP BY p.OBJECT_NAME`;

/** Redacted columns, of which only some may know; the server refuses to copy one for whoever is not exempt. */
const redactedQuery = (owner: string) => `
  SELECT r.OBJECT_NAME AS table_name, MIN(r.COLUMN_NAME) AS column_name
  FROM REDACTION_COLUMNS r
  WHERE r.OBJECT_OWNER = ${owner}
  GROUP BY r.OBJECT_NAME`;

/** Whoever may refer to a table from another schema may do so where the connected user cannot see it. */
const referrersQuery = (owner: string) => `
  SELECT p.TABLE_NAME AS table_name, MIN(p.GRANTEE) AS grantee
  FROM (
    SELECT TABLE_SCHEMA, TABLE_NAME, GRANTEE, PRIVILEGE FROM ALL_TAB_PRIVS UNION ALL
    SELECT TABLE_SCHEMA, TABLE_NAME, GRANTEE, PRIVILEGE FROM ALL_COL_PRIVS
  ) p
  WHERE p.TABLE_SCHEMA = ${owner} AND p.PRIVILEGE = 'REFERENCES'
  GROUP BY p.TABLE_NAME`;

/** What a key does with rows that refer to a deleted one; the dictionary has no word for RESTRICT. */
export const deleteRule = (rule: DeleteRule): string => (rule === 'RESTRICT' ? 'NO ACTION' : rule);

/** The product's tables and what is tied to them, or those that are named. */
export async function readTables(
  connection: Connection,
  namespace: string | undefined,
  names?: readonly string[],
): Promise<readonly Table[]> {
  const owner = ownerOf(namespace);
  const tables = (await connection.query(tablesQuery(owner))).map(({ name }) => String(name));
  const others = new Map(
    (await connection.query(notTablesQuery(owner)))
      .map(({ name, type }) => [String(name), String(type).toLowerCase()] as const)
      .filter(([name]) => !tables.includes(name)),
  );
  const all = [...tables, ...others.keys()];
  const keys = keysOf(await connection.query(foreignKeysQuery(owner)));
  const ties = keys.filter(({ isOwn }) => isOwn).map(({ table, parent }) => ({ table, references: parent }));
  const wanted = names === undefined ? relatedTables(all, ties) : new Set(names.map(storedName));
  const chosen = all.filter((name) => wanted.has(name));
  if (chosen.length === 0) return [];
  // A list may hold no more than a thousand.
  const list = chosen.slice(0, 1000).map(expressions.literal).join(', ');
  const columns = await readColumns(connection, owner, list);
  const primaryKeys = groupBy(await connection.query(primaryKeysQuery(owner, list)), (row) => String(row.table_name));
  const indexes = groupBy(await connection.query(indexesQuery(owner, list)), (row) => String(row.table_name));
  const referrers = new Map(
    (await connection.query(referrersQuery(owner))).map((row) => [String(row.table_name), String(row.grantee)]),
  );
  const invisible = new Map(
    (await connection.query(invisibleQuery(owner, list))).map((row) => [String(row.table_name), String(row.name)]),
  );
  const hidden = await readHidden(connection, owner);
  return chosen.map((name): Table => {
    const own = columns.get(name) ?? [];
    const kind = others.get(name);
    const hides =
      (kind && `is a ${kind}, through which nothing can be proven of the rows behind it`) ?? hidden.get(name);
    const obstacle = obstacleOf(name, own, keys, { referrer: referrers.get(name), invisible: invisible.get(name) });
    return {
      name,
      columns: own,
      primaryKey: (primaryKeys.get(name) ?? []).map((row) => String(row.column_name)),
      foreignKeys: keys.filter((key) => key.isOwn && key.table === name).map(({ foreignKey }) => foreignKey),
      indexes: indexesOf(indexes.get(name) ?? []),
      ...(obstacle !== undefined && { obstacle }),
      ...(hides !== undefined && { hidden: hides }),
    };
  });
}

/** Why rows, or what they hold, may not be what they seem, by table. */
async function readHidden(connection: Connection, owner: string): Promise<ReadonlyMap<string, string>> {
  const redacted = await connection.query(redactedQuery(owner)).catch(() => []);
  const secured = await connection.query(policiesQuery(owner));
  return new Map([
    ...redacted.map(
      (row) =>
        [
          String(row.table_name),
          `has a redacted column (${row.column_name}), which could not be copied as it is`,
        ] as const,
    ),
    ...secured.map((row) => [String(row.table_name), `has a policy (${row.policy}) that may hide rows`] as const),
  ]);
}

interface Key {
  readonly namespace: string;
  readonly isOwn: boolean;
  readonly table: string;
  readonly parent: string;
  /** Why it cannot be relied on. */
  readonly flaw?: string;
  readonly foreignKey: ForeignKey;
}

function keysOf(rows: readonly ResultRow[]): readonly Key[] {
  const groups = groupBy(rows, (row) => `${row.namespace} ${row.table_name} ${row.name}`);
  return [...groups.values()].flatMap((columns): readonly Key[] => {
    const [first] = columns;
    if (first === undefined) return [];
    const flaw =
      first.status !== 'ENABLED' ? 'disabled' : first.deferred !== 'IMMEDIATE' ? 'checked at commit only' : undefined;
    return [
      {
        namespace: String(first.namespace),
        isOwn: String(first.is_own) === '1',
        table: String(first.table_name),
        parent: String(first.parent),
        ...(flaw !== undefined && { flaw }),
        foreignKey: {
          columns: columns.map((row) => String(row.own)),
          references: String(first.parent),
          referencedColumns: columns.map((row) => String(row.theirs)),
          onDelete: String(first.rule) as DeleteRule,
        },
      },
    ];
  });
}

function obstacleOf(
  name: string,
  columns: readonly Column[],
  keys: readonly Key[],
  { referrer, invisible }: { readonly referrer: string | undefined; readonly invisible: string | undefined },
): string | undefined {
  const folded = [name, ...columns.map((column) => column.name)].find((one) => one !== storedName(one));
  if (folded !== undefined) return `has a name that was made in quotes (${folded}), which unquoted SQL cannot find`;
  const long = columns.find(({ type }) => /^LONG/.test(type));
  if (long !== undefined) return `has a column of type LONG (${long.name}), which no statement can copy`;
  const always = columns.find(({ identityAlways }) => identityAlways);
  if (always !== undefined)
    return `has an identity column (${always.name}) that is always generated, so a restore could not fill it`;
  if (invisible !== undefined) return `has an invisible column (${invisible}), which a restore would leave empty`;
  const outer = keys.find((key) => key.parent === name && !key.isOwn);
  if (outer !== undefined) return `is referred to by ${outer.namespace}.${outer.table}, a table of another schema`;
  const flawed = keys.find((key) => key.parent === name && key.flaw !== undefined);
  if (flawed !== undefined) return `is referred to by ${flawed.table} with a foreign key that is ${flawed.flaw}`;
  return (
    referrer &&
    `may be referred to by tables of ${referrer}, who holds REFERENCES on it, where nobody else sees them; REVOKE REFERENCES ON ${name} FROM ${referrer} ends that, and fails if there is such a table`
  );
}

function indexesOf(rows: readonly ResultRow[]): readonly Index[] {
  return [...groupBy(rows, (row) => String(row.name))].map(([name, columns]) => ({
    name,
    unique: columns[0]?.uniqueness === 'UNIQUE',
    columns: columns.map((row) => String(row.column_name)),
  }));
}
