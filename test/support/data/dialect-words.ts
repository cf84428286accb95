import type { Column } from '../../../src/schema/types.js';

/** The families whose words differ; MariaDB speaks MySQL's. */
export type DialectFamily = 'postgresql' | 'mysql';

/** A name exactly as the schema spells it. */
export const quotedName = (family: DialectFamily, name: string): string =>
  family === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;

/** Text as a literal; MySQL reads a backslash as an escape, PostgreSQL does not. */
export const quotedText = (family: DialectFamily, text: string): string => {
  const escaped = family === 'mysql' ? text.replaceAll('\\', '\\\\') : text;
  return `'${escaped.replaceAll("'", "''")}'`;
};

/** A column's definition, with no default but the one that MySQL would otherwise choose by itself. */
export function columnDefinition(family: DialectFamily, column: Column): string {
  const { name, type, collation } = column;
  const collate =
    collation === undefined
      ? ''
      : family === 'mysql'
        ? ` CHARACTER SET ${collation.characterSet ?? 'latin1'} COLLATE ${collation.name}`
        : ` COLLATE ${quotedName(family, collation.name)}`;
  const null_ = column.nullable ? 'NULL' : 'NOT NULL';
  return `${quotedName(family, name)} ${type}${collate} ${null_}${mysqlDefault(family, column)}`;
}

/** The first TIMESTAMP of a table may silently become "ON UPDATE CURRENT_TIMESTAMP"; a stated default prevents it. */
function mysqlDefault(family: DialectFamily, { type, nullable }: Column): string {
  const match = /^timestamp(\(\d\))?$/i.exec(type);
  if (family !== 'mysql' || !match) return '';
  return nullable ? ' DEFAULT NULL' : ` DEFAULT CURRENT_TIMESTAMP${match[1] ?? ''}`;
}
