import type { ColumnFamily } from '../../schema/types.js';
import type { Expressions } from '../expressions.js';
import { reservedWords } from './reserved-words.js';

const families: readonly (readonly [RegExp, ColumnFamily])[] = [
  // Not text and ntext, which can be neither compared nor grouped.
  [/^n?(var)?char\b/, 'text'],
  [/^(tinyint|smallint|int|integer|bigint)$/, 'integer'],
  [/^(datetime|smalldatetime|datetime2(\(\d\))?)$/, 'timestamp'],
  [/^bit$/, 'boolean'],
  [/^((var)?binary\b.*|image)$/, 'binary'],
];

const quote = (text: string): string => {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return /^[\t\n\r -~]*$/.test(text) ? quoted : `N${quoted}`;
};

/** Tells upper from lower case, whatever the column's own collation; compares text of both kinds alike. */
const binary = 'COLLATE Latin1_General_BIN2';

/**
 * Text with something behind it, as a comparison overlooks trailing blanks; so does LIKE, but for Unicode. The N makes
 * Unicode of it: by its collation alone, VARCHAR would lose what the code page of Latin1 lacks, and two texts could become one.
 */
const whole = (column: string): string => `${column} + N'.' ${binary}`;

const styles: Partial<Record<ColumnFamily, string>> = { timestamp: ', 121', binary: ', 1' };

const microseconds = { milliseconds: '1000.0', seconds: '1000000.0', minutes: '60000000.0' } as const;

/** What a policy means, in T-SQL. */
export const expressions: Expressions = {
  identifier: (name) =>
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reservedWords.has(name.toUpperCase())
      ? name
      : `[${name.replaceAll(']', ']]')}]`,
  literal: quote,
  oneOf: (column, words) => {
    const [first, ...more] = words.map((word) => quote(`${word}.`));
    return more.length === 0 ? `${whole(column)} = ${first}` : `${whole(column)} IN (${[first, ...more].join(', ')})`;
  },
  beneath: (column, folder) => `LEFT(${column} + N'/', ${folder.length + 1}) = ${quote(`${folder}/`)} ${binary}`,
  contains: (column, text) => `CHARINDEX(N${quote(text).replace(/^N/, '')} ${binary}, ${column}) > 0`,
  // There are no regular expressions before 2025. A word of the list has no comma, and is not empty.
  listed: (column, list) => [
    `${list} NOT LIKE N'%[^A-Za-z0-9:_.,-]%' ${binary}`,
    `CHARINDEX(N',,', N',' + ${list} + N',' ${binary}) = 0`,
    `CHARINDEX(N',' + ${column} + N',', N',' + ${list} + N',' ${binary}) > 0`,
    `CHARINDEX(N',' ${binary}, ${column}) = 0`,
  ],
  exact: (column, family) => (family === 'text' ? whole(column) : column),
  largest: (column) => `MAX(${column})`,
  variable: (name) => `@${name}`,
  notTrue: (condition) => `CASE WHEN ${condition} THEN 1 ELSE 0 END = 0`,
  call: (procedure, ...parameters) => `EXEC ${procedure}${parameters.map((value) => ` ${value}`).join(',')}`,
  dryRun: (called) => [`EXEC ${called} @dry_run = 1`],
  isDryRun: "@dry_run = 'yes'",
  joinInOrder: 'JOIN',
  digits: (column) =>
    `CASE WHEN ${column} NOT LIKE N'%[^0-9]%' ${binary} AND LEN(${column}) BETWEEN 1 AND 18 THEN TRY_CAST(${column} AS BIGINT) END`,
  // DATEDIFF_BIG counts boundaries that were passed, which from midnight on rounds down.
  epoch: (instant, unit) => {
    if (unit === 'milliseconds') return `DATEDIFF_BIG(MILLISECOND, '19700101', ${instant})`;
    if (unit === 'microseconds') return `DATEDIFF_BIG(MICROSECOND, '19700101', ${instant})`;
    return `DATEDIFF_BIG(MICROSECOND, '19700101', ${instant}) * ${unit === 'nanoseconds' ? '1000' : '0.000001'}`;
  },
  // DATEADD takes an INT, and a year after 9999 is an error; such a value stands for no instant.
  fromEpoch: (column, unit) => {
    const ms = unit === 'nanoseconds' ? `${column} / 1000000` : column;
    const held = `CASE WHEN ${ms} < 0 THEN 0 WHEN ${ms} < 253402300800000 THEN ${ms} END`;
    return `DATEADD(MILLISECOND, (${held}) % 3600000, DATEADD(HOUR, (${held}) / 3600000, CAST('19700101' AS DATETIME2(6))))`;
  },
  utcNow: 'SYSUTCDATETIME()',
  fromNothing: '',
  // As Unicode it would make Unicode of the whole column, which no index could answer.
  bound: (number, { type }) => (/^n/i.test(type) ? `@p${number}` : `CAST(@p${number} AS VARCHAR(8000))`),
  noInstant: 'CAST(NULL AS DATETIME2(6))',
  convertsBySession: () => false,
  instantsInSeconds: false,
  timestamp: (reference) => reference,
  timestampBefore: (reference, _column, cutOff) => `${reference} < ${cutOff}`,
  // The division is decimal and exact; to multiply the period could overflow.
  periodOver: (reference, _column, period, unit, cutOff) =>
    `DATEDIFF_BIG(MICROSECOND, ${reference}, ${cutOff}) / ${microseconds[unit]} > ${period}`,
  // DATEADD takes an INT, in which not all periods fit as seconds.
  before: (instant, amount, unit) =>
    unit === 'seconds'
      ? `(SELECT DATEADD(SECOND, -(p.amount % 3600), DATEADD(HOUR, -(p.amount / 3600), ${instant})) FROM (SELECT ${amount} AS amount) p)`
      : `DATEADD(${unit.slice(0, -1).toUpperCase()}, -${amount}, ${instant})`,
  same: (left, right) => `EXISTS (SELECT ${left} INTERSECT SELECT ${right})`,
  tableOf: (name, query) => `SELECT x.* INTO ${name} FROM (${query}) AS x`,
  firstRows: (query, rows) => `${query} OFFSET 0 ROWS FETCH NEXT ${rows} ROWS ONLY`,
  rowNumber: 'ROW_NUMBER() OVER (ORDER BY (SELECT NULL))',
  makeNamespace: (name) => `CREATE SCHEMA ${name}`,
  dropNamespace: (name) => `DROP SCHEMA ${name}`,
  // Of the text in the database's code page, which is ASCII for tokens; NVARCHAR would be hashed as UTF-16.
  sha256: (column) => `CONVERT(CHAR(64), HASHBYTES('SHA2_256', CAST(${column} AS VARCHAR(MAX))), 2)`,
  hashType: 'char(64)',
  wholeNumber: (text) => `CAST(${text} AS BIGINT)`,
  columnType: ({ type, collation }) => (collation === undefined ? type : `${type} COLLATE ${collation.name}`),
  variableType: ({ type }) => type,
  // The style that loses nothing, and depends on no language.
  keys: {
    asText: (value, { family }) => `CONVERT(NVARCHAR(1000), ${value}${styles[family] ?? ''})`,
    ofText: (text, { type, family }) => `CONVERT(${type}, ${text}${styles[family] ?? ''})`,
  },
  asOfNow: ' WITH (READCOMMITTEDLOCK)',
  family: (type) => families.find(([pattern]) => pattern.test(type.toLowerCase()))?.[1] ?? 'other',
};
