import { groupBy, relatedTables } from '../../schema/related-tables.js';
import type { Column, DeleteRule, ForeignKey, Index, Table } from '../../schema/types.js';
import type { Connection, ResultRow } from '../dialect.js';
import { readColumns } from './catalog-columns.js';

const tablesQuery = `
  SELECT t.TABLE_NAME AS name, t.TABLE_TYPE AS type,
    OBJECTPROPERTY(OBJECT_ID(QUOTENAME(t.TABLE_SCHEMA) + '.' + QUOTENAME(t.TABLE_NAME)), 'TableTemporalType') AS temporal_type
  FROM INFORMATION_SCHEMA.TABLES t
  WHERE t.TABLE_SCHEMA = @p1`;

/** A filter or a block of row-level security, of which even the owner of the table is not told. */
const securityQuery = `
  SELECT OBJECT_NAME(p.target_object_id) AS table_name, MIN(s.name) AS policy
  FROM sys.security_predicates p
  JOIN sys.security_policies s ON s.object_id = p.object_id
  WHERE s.is_enabled = 1 AND OBJECT_SCHEMA_NAME(p.target_object_id) = @p1
  GROUP BY p.target_object_id`;

/** Columns that show something else than they hold, or that take no copied value. */
const maskedQuery = `
  SELECT OBJECT_NAME(c.object_id) AS table_name, c.name AS column_name, c.is_masked AS is_masked,
    c.encryption_type AS encryption_type, c.generated_always_type AS generated_always_type
  FROM sys.columns c
  WHERE OBJECT_SCHEMA_NAME(c.object_id) = @p1
    AND (c.is_masked = 1 OR c.encryption_type IS NOT NULL OR c.generated_always_type <> 0)`;

/** What stands under a table's name and leads elsewhere. */
const synonymsQuery = 'SELECT name FROM sys.synonyms WHERE SCHEMA_NAME(schema_id) = @p1';

/** A row per column of each key that refers to a table of the schema. */
const foreignKeysQuery = `
  SELECT k.object_id AS id, SCHEMA_NAME(k.schema_id) AS namespace, OBJECT_NAME(k.parent_object_id) AS table_name,
    OBJECT_NAME(k.referenced_object_id) AS parent, k.delete_referential_action AS rule_number,
    COL_NAME(c.parent_object_id, c.parent_column_id) AS own,
    COL_NAME(c.referenced_object_id, c.referenced_column_id) AS theirs
  FROM sys.foreign_keys k
  JOIN sys.foreign_key_columns c ON c.constraint_object_id = k.object_id
  WHERE OBJECT_SCHEMA_NAME(k.referenced_object_id) = @p1
  ORDER BY k.object_id, c.constraint_column_id`;

/**
 * Those that lead to every row of a table: not filtered, disabled, hypothetical or by columns. The column by which a table is
 * partitioned stands among the columns of an index without being one of its key.
 * https://learn.microsoft.com/en-us/sql/relational-databases/system-catalog-views/sys-index-columns-transact-sql
 */
const indexesQuery = `
  SELECT OBJECT_NAME(i.object_id) AS table_name, i.name AS name, i.is_primary_key AS is_primary_key, i.is_unique AS is_unique,
    COL_NAME(c.object_id, c.column_id) AS column_name
  FROM sys.indexes i
  JOIN sys.index_columns c ON c.object_id = i.object_id AND c.index_id = i.index_id
  WHERE OBJECT_SCHEMA_NAME(i.object_id) = @p1 AND i.type IN (1, 2) AND i.is_disabled = 0 AND i.is_hypothetical = 0
    AND i.has_filter = 0 AND c.key_ordinal > 0
  ORDER BY i.object_id, i.index_id, c.key_ordinal`;

const deleteRules: readonly DeleteRule[] = ['NO ACTION', 'CASCADE', 'SET NULL', 'SET DEFAULT'];

/** The number by which `sys.foreign_keys` knows a rule; the two that refuse are one. */
export const deleteRule = (rule: DeleteRule): string => String(Math.max(deleteRules.indexOf(rule), 0));

interface Key {
  readonly namespace: string;
  readonly table: string;
  readonly foreignKey: ForeignKey;
}

/** The product's tables and what is tied to them, or those that are named. */
export async function readTables(
  connection: Connection,
  namespace = 'dbo',
  names?: readonly string[],
): Promise<readonly Table[]> {
  const tables = await connection.query(tablesQuery, [namespace]);
  const synonyms = (await connection.query(synonymsQuery, [namespace])).map(({ name }) => String(name));
  const all = [...tables.map((table) => String(table.name)), ...synonyms].sort();
  const hidden = await readHidden(connection, namespace);
  const columns = await readColumns(connection, namespace);
  const spelled = (name: unknown) => spelling(String(name), all);
  const column = (table: string, name: unknown) =>
    spelling(
      String(name),
      (columns.get(table) ?? []).map((one: Column) => one.name),
    );
  const keys = [
    ...groupBy(await connection.query(foreignKeysQuery, [namespace]), (row) => String(row.id)).values(),
  ].flatMap((rows): readonly Key[] => {
    const [first] = rows;
    if (first === undefined) return [];
    const [table, references] = [spelled(first.table_name), spelled(first.parent)];
    const foreignKey: ForeignKey = {
      columns: rows.map(({ own }) => column(table, own)),
      references,
      referencedColumns: rows.map(({ theirs }) => column(references, theirs)),
      onDelete: deleteRules[Number(first.rule_number)] ?? 'NO ACTION',
    };
    return [{ namespace: String(first.namespace), table, foreignKey }];
  });
  const inner = keys.filter((key) => key.namespace.toLowerCase() === namespace.toLowerCase());
  const ties = inner.map(({ table, foreignKey }) => ({ table, references: foreignKey.references }));
  const wanted = names === undefined ? relatedTables(all, ties) : new Set(names.map(spelled));
  const indexes = groupBy(await connection.query(indexesQuery, [namespace]), (row) => spelled(row.table_name));
  return all
    .filter((name) => wanted.has(name))
    .map((name): Table => {
      const own = [...groupBy(indexes.get(name) ?? [], (row) => String(row.name)).values()];
      const columnsOf = (rows: readonly ResultRow[]) => rows.map((row) => column(name, row.column_name));
      const [primary] = own.filter(([first]) => first?.is_primary_key === true);
      const found = tables.find((table) => String(table.name) === name);
      const kind = found === undefined ? 'a synonym' : found.type === 'VIEW' ? 'a view' : undefined;
      const hides =
        (kind && `is ${kind}, through which nothing can be proven of the rows behind it`) ?? hidden.get(name);
      const obstacle = obstacleOf(name, Number(found?.temporal_type), keys, namespace);
      return {
        name,
        columns: columns.get(name) ?? [],
        primaryKey: primary === undefined ? [] : columnsOf(primary),
        foreignKeys: inner.filter((key) => key.table === name).map((key) => key.foreignKey),
        indexes: own
          .filter((rows) => rows !== primary)
          .map(
            (rows): Index => ({
              name: String(rows[0]?.name),
              unique: rows[0]?.is_unique === true,
              columns: columnsOf(rows),
            }),
          ),
        ...(obstacle !== undefined && { obstacle }),
        ...(hides !== undefined && { hidden: hides }),
      };
    });
}

/** Why rows, or what they hold, may not be what they seem, by table. */
async function readHidden(connection: Connection, namespace: string): Promise<ReadonlyMap<string, string>> {
  const masked = (await connection.query(maskedQuery, [namespace])).map(
    (row) =>
      [
        String(row.table_name),
        row.is_masked === true
          ? `has a masked column (${row.column_name}), of which a copy may hold the mask instead of the value`
          : row.encryption_type !== null
            ? `has an encrypted column (${row.column_name}), which no procedure can copy and compare`
            : `has a column that the server fills itself (${row.column_name}), so a restore could not`,
      ] as const,
  );
  const secured = (await connection.query(securityQuery, [namespace])).map(
    (row) => [String(row.table_name), `has row-level security (${row.policy}), which may hide rows`] as const,
  );
  return new Map([...masked, ...secured]);
}

/** The name as the table itself has it. */
const spelling = (name: string, all: readonly string[]): string =>
  all.includes(name) ? name : (all.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name);

function obstacleOf(name: string, temporal: number, keys: readonly Key[], namespace: string): string | undefined {
  if (temporal === 2) return 'is system-versioned, so its deleted rows would stay as history';
  const outer = keys.find(
    (key) => key.foreignKey.references === name && key.namespace.toLowerCase() !== namespace.toLowerCase(),
  );
  return outer && `is referred to by ${outer.namespace}.${outer.table}, a table of another schema`;
}
