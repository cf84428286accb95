import type { StoredObject } from '../dialect.js';
import { expressions } from './expressions.js';

/** SHA-256 of a procedure's body, a view's definition or a table's columns, as the server keeps them. */
export function storedHash({ name, kind }: StoredObject): readonly string[] {
  const literal = expressions.literal(name);
  switch (kind) {
    case 'function':
    case 'procedure':
    case 'type':
      return [
        '(SELECT SHA2(r.ROUTINE_DEFINITION, 256)',
        ' FROM information_schema.ROUTINES r',
        ` WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_NAME = ${literal} AND r.ROUTINE_TYPE = 'PROCEDURE')`,
      ];
    case 'view':
      return [
        '(SELECT SHA2(v.VIEW_DEFINITION, 256)',
        ' FROM information_schema.VIEWS v',
        ` WHERE v.TABLE_SCHEMA = DATABASE() AND v.TABLE_NAME = ${literal})`,
      ];
    case 'table':
      return [
        // GROUP_CONCAT would be cut at group_concat_max_len, so the columns are summed up instead.
        "(SELECT SHA2(CONCAT(COUNT(*), ' ', SUM(CRC32(CONCAT_WS(' ', c.ORDINAL_POSITION, c.COLUMN_NAME, c.COLUMN_TYPE)))), 256)",
        ' FROM information_schema.COLUMNS c',
        ` WHERE c.TABLE_SCHEMA = DATABASE() AND c.TABLE_NAME = ${literal})`,
      ];
  }
}
