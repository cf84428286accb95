import { groupBy, relatedTables } from '../../schema/related-tables.js';
import type { DeleteRule, ForeignKey, Index, Table } from '../../schema/types.js';
import type { Connection, ResultRow } from '../dialect.js';
import { readColumns } from './catalog-columns.js';

/**
 * Partitions are left to the table that they are part of. A view under a product's name is no table of the product's, and
 * must not be taken for one that is not there. A table without an identity for replicas refuses a DELETE that is published.
 */
const tablesQuery = `
  SELECT c.relname::text AS name, c.relkind::text AS kind,
    EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhparent = c.oid) AS is_inherited,
    c.relkind IN ('r', 'p') AND row_security_active(c.oid) AS is_secured,
    (SELECT min(b.pubname)::text
     FROM pg_publication_tables p JOIN pg_publication b ON b.pubname = p.pubname
     WHERE b.pubdelete AND p.schemaname = n.nspname AND p.tablename = c.relname
       AND c.relreplident <> 'f' AND NOT EXISTS (
         SELECT 1 FROM pg_index i
         WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
           AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident END)) AS publication
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  ORDER BY c.relname COLLATE "C"`;

const foreignKeysQuery = `
  SELECT k.conname::text AS name, c.relname::text AS table_name, n.nspname::text AS namespace, f.relname::text AS "references",
    k.confdeltype AS delete_rule,
    array_agg(a.attname::text ORDER BY p.place) AS columns, array_agg(b.attname::text ORDER BY p.place) AS referenced_columns
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
  CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY p (own, theirs, place)
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.own
  JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = p.theirs
  WHERE k.contype = 'f' AND fn.nspname = $1
  GROUP BY k.oid, k.conname, c.relname, n.nspname, f.relname, k.confdeltype
  ORDER BY c.relname COLLATE "C", k.conname COLLATE "C"`;

/** An index of expressions says nothing about columns; a partial one keeps no value unique. */
const indexesQuery = `
  SELECT c.relname::text AS table_name, x.relname::text AS name, i.indisprimary AS is_primary,
    i.indisunique AND i.indpred IS NULL AS is_unique, array_agg(a.attname::text ORDER BY p.place) AS columns
  FROM pg_index i
  JOIN pg_class x ON x.oid = i.indexrelid
  JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY p (number, place)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = p.number
  WHERE n.nspname = $1 AND c.relname = ANY ($2) AND i.indisvalid AND i.indexprs IS NULL AND p.place <= i.indnkeyatts
  GROUP BY c.relname, x.relname, i.indisprimary, i.indisunique, i.indpred
  ORDER BY c.relname COLLATE "C", x.relname COLLATE "C"`;

const deleteRules: Readonly<Record<string, DeleteRule>> = {
  a: 'NO ACTION',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
};

/** The letter by which `pg_constraint` knows a rule; the two that refuse are one. */
export const deleteRule = (rule: DeleteRule): string =>
  Object.entries(deleteRules).find(([letter, name]) => letter !== 'r' && name === rule)?.[0] ?? 'a';

/** The product's tables and what is tied to them, or those that are named. */
export async function readTables(
  connection: Connection,
  namespace = 'public',
  names?: readonly string[],
): Promise<readonly Table[]> {
  const tables = await connection.query(tablesQuery, [namespace]);
  const keys = await connection.query(foreignKeysQuery, [namespace]);
  const ties = keys.flatMap((key) =>
    key.namespace === namespace ? [{ table: String(key.table_name), references: String(key.references) }] : [],
  );
  const all = tables.map((table) => String(table.name));
  const wanted = names === undefined ? relatedTables(all, ties) : new Set(names);
  const chosen = tables.filter((table) => wanted.has(String(table.name)));
  const list = chosen.map((table) => String(table.name));
  const columns = await readColumns(connection, namespace, list);
  const indexes = groupBy(await connection.query(indexesQuery, [namespace, list]), (row) => String(row.table_name));
  return chosen.map((row): Table => {
    const name = String(row.name);
    const own = indexes.get(name) ?? [];
    const obstacle = obstacleOf(row, keys, namespace);
    const hidden = hiddenBy(row);
    return {
      name,
      columns: columns.get(name) ?? [],
      primaryKey: own.filter((index) => index.is_primary === true).flatMap((index) => texts(index.columns)),
      foreignKeys: keys.filter((key) => key.namespace === namespace && key.table_name === name).map(toForeignKey),
      indexes: own.filter((index) => index.is_primary !== true).map(toIndex),
      ...(obstacle !== undefined && { obstacle }),
      ...(hidden !== undefined && { hidden }),
    };
  });
}

const kinds: Readonly<Record<string, string>> = { v: 'a view', m: 'a materialized view', f: 'a foreign table' };

function hiddenBy(row: ResultRow): string | undefined {
  const kind = kinds[String(row.kind)];
  if (kind !== undefined) return `is ${kind}, through which nothing can be proven of the rows behind it`;
  return row.is_secured === true ? 'has row-level security that hides rows from this user' : undefined;
}

function obstacleOf(row: ResultRow, keys: readonly ResultRow[], namespace: string): string | undefined {
  if (row.kind === 'p') return 'is partitioned, which deepclean cannot walk';
  if (row.is_inherited === true) return 'has tables that inherit from it, whose rows deepclean would not see';
  if (row.publication !== null) {
    return `has no replica identity, and publication ${row.publication} publishes its deletes: the server refuses each DELETE`;
  }
  const outer = keys.find((key) => key.references === row.name && key.namespace !== namespace);
  return outer && `is referred to by ${outer.namespace}.${outer.table_name}, a table of another schema`;
}

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const toForeignKey = (key: ResultRow): ForeignKey => ({
  columns: texts(key.columns),
  references: String(key.references),
  referencedColumns: texts(key.referenced_columns),
  onDelete: deleteRules[String(key.delete_rule)] ?? 'NO ACTION',
});

const toIndex = (index: ResultRow): Index => ({
  name: String(index.name),
  unique: index.is_unique === true,
  columns: texts(index.columns),
});
