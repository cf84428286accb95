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

/**
 * Keys of the schema, and those that refer to one of them. They are joined here, and not by the server: its views of
 * constraints and of their columns take minutes to be joined with each other where there are many.
 */
const keysQuery = (owner: string, where: string) => `
  SELECT k.OWNER AS namespace, k.CONSTRAINT_NAME AS name, k.CONSTRAINT_TYPE AS type, k.TABLE_NAME AS table_name,
    k.R_OWNER AS parent_namespace, k.R_CONSTRAINT_NAME AS parent_key, k.DELETE_RULE AS rule, k.STATUS AS status,
    k.DEFERRED AS deferred, k.INDEX_NAME AS index_name, CASE WHEN k.OWNER = ${owner} THEN 1 ELSE 0 END AS is_own
  FROM ALL_CONSTRAINTS k
  WHERE ${where}
  ORDER BY k.OWNER, k.TABLE_NAME, k.CONSTRAINT_NAME`;

const ownKeys = (owner: string) => keysQuery(owner, `k.OWNER = ${owner} AND k.CONSTRAINT_TYPE IN ('P', 'U', 'R')`);
const otherKeys = (owner: string) =>
  keysQuery(owner, `k.R_OWNER = ${owner} AND k.OWNER <> ${owner} AND k.CONSTRAINT_TYPE = 'R'`);

const keyColumnsQuery = (owner: string) => `
  SELECT c.CONSTRAINT_NAME AS name, c.COLUMN_NAME AS column_name
  FROM ALL_CONS_COLUMNS c
  WHERE c.OWNER = ${owner} AND c.POSITION IS NOT NULL
  ORDER BY c.CONSTRAINT_NAME, c.POSITION`;

/** An index of expressions says nothing about columns. */
const indexesQuery = (owner: string, list: string) => `
  SELECT i.TABLE_NAME AS table_name, i.INDEX_NAME AS name, i.UNIQUENESS AS uniqueness, i.INDEX_TYPE AS type,
    i.PARTITIONED AS partitioned, i.VISIBILITY AS visibility, i.STATUS AS status, c.COLUMN_NAME AS column_name
  FROM ALL_INDEXES i
  JOIN ALL_IND_COLUMNS c ON c.INDEX_OWNER = i.OWNER AND c.INDEX_NAME = i.INDEX_NAME
  WHERE i.TABLE_OWNER = ${owner} AND i.TABLE_NAME IN (${list})
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
  const own = await connection.query(ownKeys(owner));
  const keyColumns = columnsOf(await connection.query(keyColumnsQuery(owner)));
  const keys = keysOf(own, await connection.query(otherKeys(owner)), keyColumns);
  const ties = keys.filter(({ isOwn }) => isOwn).map(({ table, parent }) => ({ table, references: parent }));
  const wanted = names === undefined ? relatedTables(all, ties) : new Set(names.map(storedName));
  const chosen = all.filter((name) => wanted.has(name));
  if (chosen.length === 0) return [];
  // A list may hold no more than a thousand.
  const list = chosen.slice(0, 1000).map(expressions.literal).join(', ');
  const columns = await readColumns(connection, owner, list);
  const primaryKeys = new Map(
    own
      .filter(({ type, status }) => type === 'P' && status === 'ENABLED')
      .map((row) => [
        String(row.table_name),
        { columns: keyColumns.get(String(row.name)) ?? [], index: String(row.index_name) },
      ]),
  );
  const indexes = groupBy(await connection.query(indexesQuery(owner, list)), (row) => String(row.table_name));
  const referrers = new Map(
    (await connection.query(referrersQuery(owner))).map((row) => [String(row.table_name), String(row.grantee)]),
  );
  const invisible = new Map(
    (await connection.query(invisibleQuery(owner, list))).map((row) => [String(row.table_name), String(row.name)]),
  );
  const hidden = await readHidden(connection, owner);
  return chosen.map((name): Table => {
    const live = columns.get(name) ?? [];
    const kind = others.get(name);
    const hides =
      (kind && `is a ${kind}, through which nothing can be proven of the rows behind it`) ?? hidden.get(name);
    const obstacle = obstacleOf(name, live, keys, { referrer: referrers.get(name), invisible: invisible.get(name) });
    return {
      name,
      columns: live,
      ...indexed(indexes.get(name) ?? [], primaryKeys.get(name)),
      foreignKeys: keys.filter((key) => key.isOwn && key.table === name).map(({ foreignKey }) => foreignKey),
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

const columnsOf = (rows: readonly ResultRow[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...groupBy(rows, (row) => String(row.name))].map(([key, columns]) => [
      key,
      columns.map((row) => String(row.column_name)),
    ]),
  );

/** Foreign keys between tables of the schema, and those that refer to one from outside, of which no column is known. */
function keysOf(
  own: readonly ResultRow[],
  others: readonly ResultRow[],
  columns: ReadonlyMap<string, readonly string[]>,
): readonly Key[] {
  const parents = new Map(own.filter(({ type }) => type !== 'R').map((row) => [String(row.name), row]));
  return [...own.filter(({ type }) => type === 'R'), ...others].flatMap((row): readonly Key[] => {
    const isOwn = String(row.is_own) === '1';
    const parent = parents.get(String(row.parent_key));
    // A key that refers to a table of another schema takes nothing from this one.
    if (parent === undefined || String(row.parent_namespace) !== String(parent.namespace)) return [];
    const flaw =
      row.status !== 'ENABLED' ? 'disabled' : row.deferred !== 'IMMEDIATE' ? 'checked at commit only' : undefined;
    return [
      {
        namespace: String(row.namespace),
        isOwn,
        table: String(row.table_name),
        parent: String(parent.table_name),
        ...(flaw !== undefined && { flaw }),
        foreignKey: {
          columns: isOwn ? (columns.get(String(row.name)) ?? []) : [],
          references: String(parent.table_name),
          referencedColumns: columns.get(String(parent.name)) ?? [],
          onDelete: String(row.rule) as DeleteRule,
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

interface PrimaryKey {
  readonly columns: readonly string[];
  readonly index: string;
}

/** The key in the order of its index, whose columns may stand in another; the index itself is none besides. */
function indexed(rows: readonly ResultRow[], key: PrimaryKey | undefined): Pick<Table, 'primaryKey' | 'indexes'> {
  const groups = [...groupBy(rows, (row) => String(row.name))].map(([name, [first, ...more]]) => ({
    name,
    first,
    columns: [first, ...more].map((row) => String(row?.column_name)),
  }));
  const own = groups.find(({ name }) => name === key?.index);
  const inOrder = own === undefined ? [] : own.columns.slice(0, key?.columns.length);
  const isItsOwn = key?.columns.every((column) => inOrder.includes(column)) === true;
  const hasOrder = own === undefined || (isItsOwn && own.first?.partitioned !== 'YES' && own.first?.type !== reversed);
  return {
    primaryKey: isItsOwn ? inOrder : (key?.columns ?? []),
    ...(!hasOrder && { unorderedKey: true }),
    indexes: groups.flatMap(({ name, first, columns }): readonly Index[] =>
      (isItsOwn && name === key?.index) || first === undefined || !isOfUse(first)
        ? []
        : [
            {
              name,
              unique: first.uniqueness === 'UNIQUE',
              columns,
              ...(first.partitioned === 'YES' && { unordered: true }),
            },
          ],
    ),
  };
}

/** Its bytes are turned round, so that neighbours lie apart. */
const reversed = 'NORMAL/REV';

const isOfUse = ({ type, visibility, status }: ResultRow): boolean =>
  type === 'NORMAL' && visibility === 'VISIBLE' && status !== 'UNUSABLE';
