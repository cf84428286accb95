import type { ObjectKind } from '../dialect.js';
import { unionAll } from '../union-all.js';
import { expressions } from './expressions.js';

/**
 * SHA-256 of procedures' and views' texts, and of what tables consist of: columns and key; as the server keeps
 * them.
 */
export function storedHashes(kinds: ReadonlySet<ObjectKind>, namespace: string | undefined): readonly string[] {
  const schema = `SCHEMA_ID(${expressions.literal(namespace ?? 'dbo')})`;
  const hash = (text: string) => `CONVERT(CHAR(64), HASHBYTES('SHA2_256', ${text}), 2) AS STORED_SHA256`;
  const modules = [
    `SELECT b.name AS OBJECT_NAME, CASE b.type WHEN 'V' THEN 'view' ELSE 'procedure' END AS OBJECT_KIND,`,
    `  ${hash('m.definition')}`,
    'FROM sys.sql_modules AS m',
    'JOIN sys.objects AS b ON b.object_id = m.object_id',
    `WHERE b.schema_id = ${schema} AND b.type IN ('P', 'V')`,
  ];
  const tables = [
    `SELECT b.name AS OBJECT_NAME, 'table' AS OBJECT_KIND, ${hash("CONCAT(y.columns, ' ', y.keys)")}`,
    'FROM sys.tables AS b',
    'CROSS APPLY (',
    '  SELECT (',
    // Names have the collation of the catalog, which need not be that of the other texts.
    "    SELECT CONCAT(c.column_id, ' ', c.name COLLATE Latin1_General_BIN2, ' ', c.user_type_id, ' ', c.max_length, ' ',",
    "      c.precision, ' ', c.scale, ' ', c.is_nullable, ' ', c.is_identity, ' ', c.collation_name, ',')",
    '    FROM sys.columns AS c',
    '    WHERE c.object_id = b.object_id',
    "    ORDER BY c.column_id FOR XML PATH('')) AS columns, (",
    "    SELECT CONCAT(c.key_ordinal, ' ', COL_NAME(c.object_id, c.column_id), ',')",
    '    FROM sys.indexes AS i',
    '    JOIN sys.index_columns AS c ON c.object_id = i.object_id AND c.index_id = i.index_id',
    '    WHERE i.object_id = b.object_id AND i.is_primary_key = 1',
    "    ORDER BY c.key_ordinal FOR XML PATH('')) AS keys) AS y",
    `WHERE b.schema_id = ${schema}`,
  ];
  const hasModules = kinds.has('procedure') || kinds.has('view');
  return unionAll([...(hasModules ? [modules] : []), ...(kinds.has('table') ? [tables] : [])]);
}
