import type { StoredObject } from '../dialect.js';
import { expressions } from './expressions.js';

/** SHA-256 of a procedure's or a view's text, or of a table's columns, as the server keeps them. */
export function storedHash({ name, kind }: StoredObject, namespace: string | undefined): readonly string[] {
  const id = `OBJECT_ID(${expressions.literal(`${expressions.identifier(namespace ?? 'dbo')}.${expressions.identifier(name)}`)})`;
  const hash = (text: string) => `CONVERT(CHAR(64), HASHBYTES('SHA2_256', ${text}), 2)`;
  if (kind !== 'table') return [`(SELECT ${hash('m.definition')} FROM sys.sql_modules m WHERE m.object_id = ${id})`];
  return [
    `(SELECT ${hash('x.columns')}`,
    ' FROM (SELECT (',
    "   SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale, ',')",
    `   FROM sys.columns c WHERE c.object_id = ${id}`,
    "   ORDER BY c.column_id FOR XML PATH('')) AS columns) x)",
  ];
}
