import { listPattern } from '../../policy/word-list.js';
import type { ColumnFamily } from '../../schema/types.js';
import type { Expressions } from '../expressions.js';
import { reservedWords } from './reserved-words.js';

const families: readonly (readonly [RegExp, ColumnFamily])[] = [
  [/^(varchar|char|tinytext|text|mediumtext|longtext)/, 'text'],
  [/^(tinyint|smallint|mediumint|int|bigint)/, 'integer'],
  [/^(timestamp|datetime)/, 'timestamp'],
  [/^(bit|bool)/, 'boolean'],
  [/(blob|binary)/, 'binary'],
];

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** The server keeps a TIMESTAMP as an instant and shows it in the session's zone; a DATETIME it keeps as it was written. */
const convertsBySession: Expressions['convertsBySession'] = ({ type }) => type.toLowerCase().startsWith('timestamp');

/** A DATETIME; the zero date, or one without a month or a day, is no time. Any other function of it would warn, or fail. */
const dated = (reference: string): string =>
  `IF(MONTH(${reference}) * DAYOFMONTH(${reference}) > 0, ${reference}, NULL)`;

/** Seconds since 1970 of a TIMESTAMP column, which the server reads without any zone. A date of zero has none. */
const instant = (reference: string): string => `NULLIF(UNIX_TIMESTAMP(${reference}), 0)`;

const inUnits = {
  milliseconds: (seconds: string) => `(${seconds}) * 1000`,
  seconds: (seconds: string) => seconds,
  minutes: (seconds: string) => `(${seconds}) / 60`,
} as const;

const microseconds = { milliseconds: '1000', seconds: '1000000', minutes: '60000000' } as const;

/** What a policy means, in the words that MySQL and MariaDB share. */
export const expressions: Expressions = {
  keepsDistinct: true,
  identifier: (name) =>
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reservedWords.has(name.toUpperCase())
      ? name
      : `\`${name.replaceAll('`', '``')}\``,
  literal: quote,
  // Most collations here ignore case and trailing blanks; bytes do not.
  oneOf: (column, words) => {
    const bytes = `CAST(${column} AS BINARY)`;
    const [first, ...more] = words.map(quote);
    return more.length === 0 ? `${bytes} = ${first}` : `${bytes} IN (${[first, ...more].join(', ')})`;
  },
  beneath: (column, folder) =>
    `LEFT(CAST(CONCAT(${column}, '/') AS BINARY), ${Buffer.byteLength(folder) + 1}) = ${quote(`${folder}/`)}`,
  contains: (column, text) => `LOCATE(${quote(text)}, CAST(${column} AS BINARY)) > 0`,
  listed: (column, list) => [
    `${list} REGEXP ${quote(listPattern)}`,
    `FIND_IN_SET(CAST(${column} AS BINARY), CAST(${list} AS BINARY)) > 0`,
  ],
  exact: (column, family) => (family === 'text' ? `CAST(${column} AS BINARY)` : column),
  // A text as long as a path makes MariaDB sort on disk. Should two ever share a hash, the rows of both stay.
  short: (column) => `UNHEX(SHA2(${column}, 256))`,
  largest: (column) => `MAX(${column})`,
  variable: (name) => `v_${name}`,
  notTrue: (condition) => `(${condition}) IS NOT TRUE`,
  call: (procedure, ...parameters) => `CALL ${procedure}(${parameters.join(', ')})`,
  dryRun: (called) => [`CALL ${called}()`],
  isDryRun: "v_dry_run = 'yes'",
  joinInOrder: 'STRAIGHT_JOIN',
  // "$" matches before a final line feed as well.
  digits: (column) =>
    `CASE WHEN ${column} REGEXP '^[0-9]{1,18}$' AND ${column} NOT REGEXP '[^0-9]' THEN CAST(${column} AS SIGNED) END`,
  epoch: (utc, unit) => {
    const microseconds = `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${utc})`;
    if (unit === 'microseconds') return microseconds;
    if (unit === 'milliseconds') return `${microseconds} DIV 1000`;
    // A quotient would have four digits after the point.
    return `${microseconds} * ${unit === 'nanoseconds' ? '1000' : '0.000001'}`;
  },
  fromEpoch: (column, unit) =>
    `TIMESTAMP '1970-01-01 00:00:00' + INTERVAL GREATEST(${column}, 0) ${unit === 'nanoseconds' ? 'DIV' : '*'} 1000 MICROSECOND`,
  utcNow: 'UTC_TIMESTAMP(6)',
  fromNothing: '',
  bound: () => '?',
  noInstant: 'CAST(NULL AS DATETIME(6))',
  convertsBySession,
  instantsInSeconds: true,
  timestamp: (reference, column) =>
    convertsBySession(column)
      ? `TIMESTAMP '1970-01-01 00:00:00' + INTERVAL ${instant(reference)} SECOND`
      : dated(reference),
  timestampBefore: (reference, column, cutOff) =>
    `${convertsBySession(column) ? instant(reference) : dated(reference)} < ${cutOff}`,
  // "/" is exact decimal division here; DIV would round the age down.
  periodOver: (reference, column, period, unit, cutOff) =>
    convertsBySession(column)
      ? `${inUnits[unit](`${cutOff} - ${instant(reference)}`)} > ${period}`
      : `TIMESTAMPDIFF(MICROSECOND, ${dated(reference)}, ${cutOff}) / ${microseconds[unit]} > ${period}`,
  before: (instant, amount, unit) => `${instant} - INTERVAL ${amount} ${unit.slice(0, -1).toUpperCase()}`,
  same: (left, right) => `${left} <=> ${right}`,
  tableOf: (name, query) => `CREATE TABLE ${name} AS ${query}`,
  firstRows: (query, rows) => `${query} LIMIT ${rows}`,
  rowNumber: 'ROW_NUMBER() OVER ()',
  makeNamespace: (name) => `CREATE DATABASE ${name}`,
  dropNamespace: (name) => `DROP DATABASE ${name}`,
  sha256: (column) => `SHA2(CONVERT(${column} USING utf8mb4), 256)`,
  hashType: 'char(64)',
  wholeNumber: (text) => `CAST(${text} AS SIGNED)`,
  columnType: ({ type, collation }) =>
    collation === undefined ? type : `${type} CHARACTER SET ${collation.characterSet} COLLATE ${collation.name}`,
  family: (type) => families.find(([pattern]) => pattern.test(type.toLowerCase()))?.[1] ?? 'other',
};
