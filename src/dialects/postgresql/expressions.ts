import format from 'pg-format';
import { listPattern } from '../../policy/word-list.js';
import type { ColumnFamily } from '../../schema/types.js';
import type { Expressions } from '../expressions.js';

const families: readonly (readonly [RegExp, ColumnFamily])[] = [
  // Not citext: the product knows no state but in upper case.
  [/^(character varying|character|char|varchar|text|bpchar)(\(\d+\))?$/, 'text'],
  [/^(smallint|integer|bigint|int[248]?)$/, 'integer'],
  [/^timestamp(tz)?(\(\d\))?( with(out)? time zone)?$/, 'timestamp'],
  [/^bool(ean)?$/, 'boolean'],
  [/^bytea$/, 'binary'],
];

/** From seconds; the division may round an age down, never up to more than a period that it does not exceed. */
const inUnits = { milliseconds: ' * 1000', seconds: '', minutes: ' / 60' } as const;

/** `timestamp with time zone` is an instant, shown in the session's zone; a plain timestamp is what was written. */
const convertsBySession: Expressions['convertsBySession'] = ({ type }) => /^timestamptz|with time zone$/i.test(type);

const timestamp: Expressions['timestamp'] = (reference, column) =>
  convertsBySession(column) ? `(${reference} AT TIME ZONE 'UTC')` : reference;

/** What a policy means, in PostgreSQL's words. */
export const expressions: Expressions = {
  identifier: (name) => format.ident(name),
  literal: (text) => format.literal(text),
  oneOf: (column, words) => {
    const [first, ...more] = words.map((word) => format.literal(word));
    return more.length === 0 ? `${column} = ${first}` : `${column} IN (${[first, ...more].join(', ')})`;
  },
  beneath: (column, folder) => `starts_with(${column} || '/', ${format.literal(`${folder}/`)})`,
  contains: (column, text) => `strpos(${column}, ${format.literal(text)}) > 0`,
  listed: (column, list) => [
    `${list} ~ ${format.literal(listPattern)}`,
    `${column} = ANY (string_to_array(${list}, ','))`,
  ],
  exact: (column) => column,
  largest: (column) => `max(${column})`,
  variable: (name) => `v_${name}`,
  notTrue: (condition) => `(${condition}) IS NOT TRUE`,
  call: (procedure, ...parameters) => `CALL ${procedure}(${parameters.join(', ')})`,
  isDryRun: 'v_run.dry_run',
  dryRun: (called) => [`CALL ${called}(p_dry_run => true)`],
  joinInOrder: 'JOIN',
  digits: (column) => `CASE WHEN ${column} ~ '^[0-9]{1,18}$' THEN ${column}::bigint END`,
  epoch: (instant, unit) =>
    unit === 'seconds'
      ? `extract(epoch FROM ${instant})`
      : unit === 'microseconds'
        ? `floor(extract(epoch FROM ${instant}) * 1000000)`
        : `floor(extract(epoch FROM ${instant}) * ${unit === 'nanoseconds' ? '1000000000' : '1000'})::bigint`,
  fromEpoch: (column, unit) =>
    `to_timestamp(greatest(${column}, 0) / ${unit === 'nanoseconds' ? '1000000000.0' : '1000.0'}) AT TIME ZONE 'UTC'`,
  utcNow: "clock_timestamp() AT TIME ZONE 'UTC'",
  fromNothing: '',
  bound: (number) => `$${number}`,
  // A conversion to text takes the blanks away that fill up a char.
  compared: (reference, { type }) =>
    /^(character|char|bpchar)\b(?! varying)/i.test(type) ? `${reference}::text` : reference,
  noInstant: 'NULL::timestamp',
  convertsBySession,
  instantsInSeconds: false,
  timestamp,
  timestampBefore: (reference, column, cutOff) => `${timestamp(reference, column)} < ${cutOff}`,
  // extract() from an interval is exact (numeric) since PostgreSQL 14.
  periodOver: (reference, column, period, unit, cutOff) =>
    `extract(epoch FROM ${cutOff} - ${timestamp(reference, column)})${inUnits[unit]} > ${period}`,
  before: (instant, amount, unit) => `${instant}\n  - ${amount} * interval '1 ${unit.slice(0, -1)}'`,
  same: (left, right) => `${left} IS NOT DISTINCT FROM ${right}`,
  tableOf: (name, query) => `CREATE TABLE ${name} AS ${query}`,
  firstRows: (query, rows) => `${query} LIMIT ${rows}`,
  rowNumber: 'row_number() OVER ()',
  makeNamespace: (name) => `CREATE SCHEMA ${name}`,
  dropNamespace: (name) => `DROP SCHEMA ${name} CASCADE`,
  sha256: (column) => `encode(sha256(convert_to(${column}::text, 'UTF8')), 'hex')`,
  hashType: 'character(64)',
  wholeNumber: (text) => `${text}::bigint`,
  columnType: (column) =>
    column.collation === undefined ? column.type : `${column.type} COLLATE ${format.ident(column.collation.name)}`,
  family: (type) => families.find(([pattern]) => pattern.test(type.toLowerCase()))?.[1] ?? 'other',
};
