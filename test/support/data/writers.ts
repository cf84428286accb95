import * as fc from 'fast-check';
import { findTable } from '../../../src/schema/find.js';
import type { Column, Schema } from '../../../src/schema/types.js';
import type { Database, Row, Value } from '../model/rows.js';
import { formatStamp, microsecondsPerMinute, parseStamp } from '../model/stamps.js';

/** An application server: the zone of its clock, and that of its database sessions; minutes east of UTC. */
export interface Writer {
  readonly zoneMinutes: number;
  readonly sessionMinutes: number;
}

const furthestWest = -12 * 60;
const furthestEast = 14 * 60;

/** No zone is further west than its clock, and its sessions take away nothing more. */
export const twelveHoursWest: Writer = { zoneMinutes: furthestWest, sessionMinutes: 0 };

/** Its stamps lie behind as far as any can, also where the server converts them. */
const furthestBehind: Writer = { zoneMinutes: furthestWest, sessionMinutes: furthestEast };

/** MySQL and MariaDB keep a TIMESTAMP as the instant that the writer's session says it is, others of the sort likewise. */
const isConverted = ({ type }: Column, { dialect }: Schema): boolean =>
  dialect === 'mysql' || dialect === 'mariadb'
    ? /^timestamp/i.test(type)
    : /timestamptz|with (local )?time zone/i.test(type);

/** By how much at most a stamp of the schema lies behind, hours. */
export const uncertaintyOf = (schema: Schema, tables: readonly string[]): number =>
  tables.some((name) =>
    findTable(schema, name)?.columns.some((column) => column.family === 'timestamp' && isConverted(column, schema)),
  )
    ? (furthestEast - furthestWest) / 60
    : -furthestWest / 60;

/**
 * Rows as the server keeps them, read in UTC: each stamp is the wall clock of the row's writer, and one that the server
 * converts also lacks the offset of the writer's session.
 */
export function written(
  database: Database,
  schema: Schema,
  writerOf: (table: string, row: Row, index: number) => Writer,
): Database {
  return Object.fromEntries(
    Object.entries(database).map(([name, rows]) => {
      const stamps = (findTable(schema, name)?.columns ?? []).filter(({ family }) => family === 'timestamp');
      return [name, rows.map((row, index) => writtenRow(row, stamps, schema, writerOf(name, row, index)))];
    }),
  );
}

function writtenRow(row: Row, stamps: readonly Column[], schema: Schema, writer: Writer): Row {
  const changed = stamps.flatMap((column): readonly (readonly [string, Value])[] => {
    const name = column.name.toUpperCase();
    const moment = parseStamp(row[name]);
    if (moment === undefined) return [];
    const minutes = writer.zoneMinutes - (isConverted(column, schema) ? writer.sessionMinutes : 0);
    return [[name, formatStamp(moment + BigInt(minutes) * microsecondsPerMinute)]];
  });
  return { ...row, ...Object.fromEntries(changed) };
}

const offset = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(furthestWest, -8 * 60, 0, 0, 330, furthestEast) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: furthestWest / 15, max: furthestEast / 15 }).map((quarters) => quarters * 15),
  },
);

/** Two writers at least: the one whose stamps lie behind as far as any can, and others of any zone. */
export const randomWriters = fc
  .tuple(
    fc.array(fc.record({ zoneMinutes: offset, sessionMinutes: offset }), { minLength: 1, maxLength: 4 }),
    fc.array(fc.nat({ max: 59 }), { minLength: 7, maxLength: 23 }),
  )
  .map(([others, turns]) => {
    const all = [furthestBehind, ...others];
    return (_table: string, _row: Row, index: number): Writer =>
      all[(turns[index % turns.length] ?? 0) % all.length] ?? furthestBehind;
  });
