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

/**
 * The server keeps a TIMESTAMP as an instant and shows it in the session's zone. The procedure works in UTC; a view, which
 * may be read in any zone, goes by the instant itself. A date of zero has no instant and so no age.
 */
const asWritten: Expressions['stamp'] = (reference, column, place, zone) => {
  if (!column.type.toLowerCase().startsWith('timestamp')) return reference;
  const utc =
    place === 'procedure'
      ? reference
      : `TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(${reference}), 0) SECOND`;
  return `CONVERT_TZ(${utc}, '+00:00', ${zone})`;
};

const microseconds = { milliseconds: '1000', seconds: '1000000', minutes: '60000000' } as const;

/** What a policy means, in the words that MySQL and MariaDB share. */
export const expressions: Expressions = {
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
  largest: (column) => `MAX(${column})`,
  greatest: (values) => `greatest(${values.join(', ')})`,
  variable: (name) => `v_${name}`,
  notTrue: (condition) => `(${condition}) IS NOT TRUE`,
  call: (procedure, ...parameters) => `CALL ${procedure}(${parameters.join(', ')})`,
  comparesRows: true,
  joinInOrder: 'STRAIGHT_JOIN',
  // MariaDB reads a comment.
  madeOnce: '/*+ SUBQUERY(MATERIALIZATION) */ ',
  // "$" matches before a final line feed as well.
  digits: (column) =>
    `CASE WHEN ${column} REGEXP '^[0-9]{1,18}$' AND ${column} NOT REGEXP '[^0-9]' THEN CAST(${column} AS SIGNED) END`,
  epoch: (instant, unit) =>
    `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${instant}) ${unit === 'nanoseconds' ? '*' : 'DIV'} 1000`,
  fromEpoch: (column, unit) =>
    `TIMESTAMP '1970-01-01 00:00:00' + INTERVAL GREATEST(${column}, 0) ${unit === 'nanoseconds' ? 'DIV' : '*'} 1000 MICROSECOND`,
  noInstant: 'CAST(NULL AS DATETIME(6))',
  stamp: asWritten,
  // No zone is further from UTC than 14 h: a stamp that is older by more need not be converted, which costs as much as
  // all the rest of a rule. A date of zero is older than any, and is no stamp.
  stampBefore: (reference, column, place, zone, instant) => {
    const written = asWritten(reference, column, place, zone);
    return written === reference || place === 'view'
      ? `${written} < ${instant}`
      : `(${reference} BETWEEN '1970-01-02' AND ${instant} - INTERVAL 15 HOUR OR ${written} < ${instant})`;
  },
  // "/" is exact decimal division here; DIV would round the age down.
  periodOver: (stamp, period, unit, cutOff) =>
    `TIMESTAMPDIFF(MICROSECOND, ${stamp}, ${cutOff}) / ${microseconds[unit]} > ${period}`,
  before: (instant, amount, unit) => `${instant} - INTERVAL ${amount} ${unit.slice(0, -1).toUpperCase()}`,
  same: (left, right) => `${left} <=> ${right}`,
  wholeNumber: (text) => `CAST(${text} AS SIGNED)`,
  columnType: ({ type, collation }) =>
    collation === undefined ? type : `${type} CHARACTER SET ${collation.characterSet} COLLATE ${collation.name}`,
  family: (type) => families.find(([pattern]) => pattern.test(type.toLowerCase()))?.[1] ?? 'other',
};
