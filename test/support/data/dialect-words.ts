import type { Column } from '../../../src/schema/types.js';

/** The families whose words differ; MariaDB speaks MySQL's. */
export type DialectFamily = 'postgresql' | 'mysql' | 'mssql' | 'oracle';

const nameMarks: Readonly<Record<DialectFamily, readonly [open: string, close: string]>> = {
  postgresql: ['"', '"'],
  mysql: ['`', '`'],
  mssql: ['[', ']'],
  oracle: ['"', '"'],
};

/** A name exactly as the schema spells it. */
export function quotedName(family: DialectFamily, name: string): string {
  // The server folds what stands without marks, and so does what is generated.
  if (family === 'oracle' && /^[A-Za-z][A-Za-z0-9_$#]*$/.test(name)) return name;
  const [open, close] = nameMarks[family];
  return `${open}${name.replaceAll(close, close + close)}${close}`;
}

/** To Oracle an empty text is NULL; a blank stands for it, where rows are written and where they are read back. */
export const emptyText = ' ';

/** Text as a literal. */
export function quotedText(family: DialectFamily, text: string): string {
  const quoted = (one: string): string => `'${one.replaceAll("'", "''")}'`;
  // MySQL reads a backslash as an escape; SQL Server only before a line's end, where it takes both away.
  if (family === 'mysql') return quoted(text.replaceAll('\\', '\\\\'));
  if (family === 'postgresql') return quoted(text);
  if (family === 'oracle') return quoted(text === '' ? emptyText : text);
  // Without the N, letters that the database's code page lacks are lost before they reach an NVARCHAR.
  const mark = /^[\n\r\t -~]*$/.test(text) ? '' : 'N';
  return text
    .split(/(?<=\\)(?=\r?\n)/)
    .map((part) => `${mark}${quoted(part)}`)
    .join(' + ');
}

/** A column's definition, with no default but the one that MySQL would otherwise choose by itself. */
export function columnDefinition(family: DialectFamily, column: Column): string {
  const null_ = column.nullable ? 'NULL' : 'NOT NULL';
  const identity = family === 'mssql' && column.identityAlways ? ' IDENTITY' : '';
  return `${quotedName(family, column.name)} ${column.type}${collate(family, column)}${identity} ${null_}${mysqlDefault(family, column)}`;
}

function collate(family: DialectFamily, { collation }: Column): string {
  if (collation === undefined) return '';
  const { name, characterSet = 'latin1' } = collation;
  if (family === 'mysql') return ` CHARACTER SET ${characterSet} COLLATE ${name}`;
  // To SQL Server a collation is a word, not a name.
  return ` COLLATE ${family === 'mssql' ? name : quotedName(family, name)}`;
}

/** The first TIMESTAMP of a table may silently become "ON UPDATE CURRENT_TIMESTAMP"; a stated default prevents it. */
function mysqlDefault(family: DialectFamily, { type, nullable }: Column): string {
  const match = /^timestamp(\(\d\))?$/i.exec(type);
  if (family !== 'mysql' || !match) return '';
  return nullable ? ' DEFAULT NULL' : ` DEFAULT CURRENT_TIMESTAMP${match[1] ?? ''}`;
}

/** A stamp as a literal of its column's type. */
export function quotedStamp(family: DialectFamily, column: Column, stamp: string): string {
  if (family === 'oracle' && /^\d/.test(stamp)) return `TIMESTAMP ${quotedText(family, stamp)}`;
  if (family !== 'mssql') return quotedText(family, stamp);
  // Only with the T it is read alike in every language of a login; DATETIME refuses more than three digits of a fraction.
  const [, day, time, fraction = ''] = /^(\S+) ([^.]+)(\.\d+)?$/.exec(stamp) ?? [];
  const digits = /^(small)?datetime$/i.test(column.type) ? 4 : 8;
  return day === undefined ? quotedText(family, stamp) : `'${day}T${time}${fraction.slice(0, digits)}'`;
}

/** An INSERT with numbers that SQL Server would rather choose by itself. */
export function withOwnNumbers(family: DialectFamily, table: string, insert: string): string {
  if (family !== 'mssql') return insert;
  return `SET IDENTITY_INSERT ${table} ON;\n${insert};\nSET IDENTITY_INSERT ${table} OFF`;
}
