import { listPattern } from '../../policy/word-list.js';
import type { Column, ColumnFamily } from '../../schema/types.js';
import type { Expressions } from '../expressions.js';
import { reservedWords } from './reserved-words.js';

/** Large texts cannot be compared, and a timestamp that keeps its own zone is none that the product has. */
const families: readonly (readonly [RegExp, ColumnFamily])[] = [
  [/^n?(varchar2?|char)\b/, 'text'],
  [/^(number(\(\d+(,0)?\))?|integer|smallint)$/, 'integer'],
  [/^(date|timestamp(\(\d\))?( with local time zone)?)$/, 'timestamp'],
  [/^(blob|raw)\b/, 'binary'],
];

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Kept as an instant, and shown in the session's zone. */
const convertsBySession: Expressions['convertsBySession'] = ({ type }) => /with local time zone$/i.test(type);

/** A DATE has no fraction; as a TIMESTAMP its age is an interval like that of any other timestamp. */
const timestamp: Expressions['timestamp'] = (reference, column) => {
  if (convertsBySession(column)) return `SYS_EXTRACT_UTC(CAST(${reference} AS TIMESTAMP WITH TIME ZONE))`;
  return column.type.toUpperCase() === 'DATE' ? `CAST(${reference} AS TIMESTAMP)` : reference;
};

/** The last millisecond that a TIMESTAMP can hold. */
const lastMs = '253402300799999';

const isFilledUp = ({ type }: Column): boolean => /^n?char\b/i.test(type);

const isLarge = (type: string): boolean => /^n?[cb]lob\b/i.test(type);

/** More than lies between any two dates, and still an interval; then what makes the unit one that intervals know. */
const longestIn = {
  milliseconds: ['999999999999999', ' / 1000', 'SECOND'],
  seconds: ['999999999999', '', 'SECOND'],
  minutes: ['9999999999', '', 'MINUTE'],
} as const;

/** Exact, and read alike in every session. */
const masks = { date: 'YYYY-MM-DD HH24:MI:SS', timestamp: 'YYYY-MM-DD HH24:MI:SS.FF9' } as const;

const isDate = ({ type }: Column): boolean => type.toUpperCase() === 'DATE';

const keys: NonNullable<Expressions['keys']> = {
  asText: (value, column) => {
    if (column.family === 'timestamp')
      return `TO_CHAR(${value}, ${quote(isDate(column) ? masks.date : masks.timestamp)})`;
    if (column.family === 'binary') return `RAWTOHEX(${value})`;
    return column.family === 'text' ? value : `TO_CHAR(${value})`;
  },
  ofText: (text, column) => {
    if (column.family === 'timestamp')
      return isDate(column)
        ? `TO_DATE(${text}, ${quote(masks.date)})`
        : `TO_TIMESTAMP(${text}, ${quote(masks.timestamp)})`;
    if (column.family === 'binary') return `HEXTORAW(${text})`;
    return column.family === 'text' ? text : `TO_NUMBER(${text})`;
  },
  least: (column) => {
    if (column.family === 'timestamp') return isDate(column) ? "DATE '0001-01-01'" : "TIMESTAMP '0001-01-01 00:00:00'";
    if (column.family === 'binary') return "HEXTORAW('00')";
    return column.family === 'text' ? 'CHR(0)' : '-1E125';
  },
};

/** What a policy means, in Oracle's words. Comparisons of text are binary: the procedure sees to NLS_COMP and NLS_SORT. */
export const expressions: Expressions = {
  // Unquoted names are folded to upper case, in which the dictionary keeps those that were made unquoted.
  identifier: (name) => {
    if (!/^[A-Za-z][A-Za-z0-9_$#]*$/.test(name)) return `"${name}"`;
    return reservedWords.has(name.toUpperCase()) ? `"${name.toUpperCase()}"` : name;
  },
  literal: quote,
  oneOf: (column, words) => {
    const [first, ...more] = words.map(quote);
    return more.length === 0 ? `${column} = ${first}` : `${column} IN (${[first, ...more].join(', ')})`;
  },
  beneath: (column, folder) => `SUBSTR(${column} || '/', 1, ${folder.length + 1}) = ${quote(`${folder}/`)}`,
  contains: (column, text) => `INSTR(${column}, ${quote(text)}) > 0`,
  // A word of the list has no comma.
  listed: (column, list) => [
    `REGEXP_LIKE(${list}, ${quote(listPattern)})`,
    `INSTR(',' || ${list} || ',', ',' || ${column} || ',') > 0`,
    `INSTR(${column}, ',') = 0`,
  ],
  exact: (column) => column,
  // The blanks that fill up a CHAR count, unless the other side is one too.
  comparable: (reference, column, other) =>
    isFilledUp(column) && other.family === 'text' && !isFilledUp(other) ? `RTRIM(${reference})` : reference,
  largest: (column) => `MAX(${column})`,
  variable: (name) => `v_${name}`,
  // A condition is no value before 23ai, so "IS NOT TRUE" cannot be said.
  notTrue: (condition) => `CASE WHEN ${condition} THEN 0 ELSE 1 END = 1`,
  call: (procedure, ...parameters) =>
    `BEGIN ${procedure}${parameters.length === 0 ? '' : `(${parameters.join(', ')})`}; END;`,
  dryRun: (called) => [`BEGIN ${called}(p_dry_run => 'yes'); END;`],
  isDryRun: "v_run.dry_run = 'yes'",
  // Of all comments only a hint stays in a statement of PL/SQL.
  alongIndex: (alias, column) => `/*+ INDEX(${alias} (${column})) */`,
  inOrderOfIndex: (alias, column) => `/*+ INDEX_ASC(${alias} (${column})) */`,
  lookUpInOrder: ([first = '', ...others], ofRun) =>
    `/*+ LEADING(${[first, ...others].join(' ')}) USE_NL(${others.join(' ')})${ofRun ? ` INDEX(${first} (RUN_ID))` : ''} */`,
  lookUpEach: (alias, column) => `/*+ NO_UNNEST INDEX(${alias} (${column})) */`,
  keys,
  joinInOrder: 'JOIN',
  // CASE looks at the text first; "$" alone would let a line feed pass.
  digits: (column) =>
    `CASE WHEN REGEXP_LIKE(${column}, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(${column}, '[^0-9]') THEN TO_NUMBER(${column}) END`,
  // Days by the Julian calendar, of which 2440588 is 1970-01-01; then microseconds, exact in a NUMBER.
  epoch: (instant, unit) => {
    const seconds = `(TO_NUMBER(TO_CHAR(${instant}, 'J')) - 2440588) * 86400 + TO_NUMBER(TO_CHAR(${instant}, 'SSSSS'))`;
    const microseconds = `(${seconds}) * 1000000 + TO_NUMBER(TO_CHAR(${instant}, 'FF6'))`;
    if (unit === 'microseconds') return microseconds;
    if (unit === 'seconds') return `(${microseconds}) / 1000000`;
    return unit === 'nanoseconds' ? `(${microseconds}) * 1000` : `FLOOR((${microseconds}) / 1000)`;
  },
  fromEpoch: (column, unit) => {
    const ms = unit === 'nanoseconds' ? `${column} / 1000000` : column;
    return `TIMESTAMP '1970-01-01 00:00:00' + NUMTODSINTERVAL(LEAST(GREATEST(${ms}, 0), ${lastMs}) / 1000, 'SECOND')`;
  },
  utcNow: 'SYS_EXTRACT_UTC(SYSTIMESTAMP)',
  fromNothing: ' FROM DUAL',
  bound: (number) => `:${number}`,
  compared: (reference, column) => (isFilledUp(column) ? `RTRIM(${reference})` : reference),
  noInstant: 'CAST(NULL AS TIMESTAMP)',
  convertsBySession,
  instantsInSeconds: false,
  timestamp,
  timestampBefore: (reference, column, cutOff) => `${timestamp(reference, column)} < ${cutOff}`,
  // An age is an interval; a period that none can hold is cut, at an end where the rule does not hang on it.
  periodOver: (reference, column, period, unit, cutOff) => {
    const [most, divisor, word] = longestIn[unit];
    const age = `${cutOff} - ${timestamp(reference, column)}`;
    return `${age} > NUMTODSINTERVAL(LEAST(GREATEST(${period}, 0), ${most})${divisor}, '${word}')`;
  },
  before: (instant, amount, unit) => `${instant} - NUMTODSINTERVAL(${amount}, '${unit.slice(0, -1).toUpperCase()}')`,
  // DECODE takes two NULLs for the same, and cannot read large objects. If there is no NULL, "=" lets rows be hashed.
  same: (left, right, column) => {
    if (column !== undefined && isLarge(column.type)) {
      return `(${left} IS NULL AND ${right} IS NULL OR DBMS_LOB.COMPARE(${left}, ${right}) = 0)`;
    }
    return column?.nullable === false ? `${left} = ${right}` : `DECODE(${left}, ${right}, 1, 0) = 1`;
  },
  alike: (left, right, column) => {
    if (column.family === 'other' || isLarge(column.type)) return undefined;
    if (!column.nullable) return `${left} = ${right}`;
    const least = keys.least?.(column);
    return least && `NVL(${left}, ${least}) = NVL(${right}, ${least})`;
  },
  tableOf: (name, query) => `CREATE TABLE ${name} AS ${query}`,
  firstRows: (query, rows) => `${query} FETCH FIRST ${rows} ROWS ONLY`,
  rowNumber: 'ROWNUM',
  // A schema is an account; nobody can log in to this one. Its rows lie in the default tablespace.
  makeNamespace: (name) => `CREATE USER ${name} NO AUTHENTICATION QUOTA UNLIMITED ON USERS`,
  dropNamespace: (name) => `DROP USER ${name} CASCADE`,
  // The hash of a NULL would be one of an empty text.
  sha256: (column) => `CASE WHEN ${column} IS NOT NULL THEN LOWER(RAWTOHEX(STANDARD_HASH(${column}, 'SHA256'))) END`,
  hashType: 'VARCHAR2(64)',
  wholeNumber: (text) => `TO_NUMBER(${text})`,
  // Without a word a length is counted in what the session prefers.
  columnType: ({ type }) => (/^(VARCHAR2|CHAR)\(\d+\)$/i.test(type) ? type.replace(')', ' BYTE)') : type),
  family: (type) => families.find(([pattern]) => pattern.test(type.toLowerCase()))?.[1] ?? 'other',
};
