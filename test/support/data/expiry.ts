import * as fc from 'fast-check';
import { formatStamp, microsecondsPerHour, microsecondsPerMinute, parseStamp } from '../model/stamps.js';
import type { Clocks, RandomStart, ScenarioCase } from '../scenario/scenario.js';
import type { World } from '../scenario/world.js';
import { databaseOf, type PlacedRow } from './row-factories.js';
import { type Span, spanMicroseconds } from './span.js';

/** Rows that are dead a day after the end that they state. */
export interface Expiring {
  readonly table: string;
  /** The row in words: `a nonce`. */
  readonly subject: string;
  /** A row that ends at this moment; `id` tells it apart. */
  readonly row: (id: string, end: string | bigint) => PlacedRow;
  /** The moment as the column holds it: a stamp unless told. */
  readonly written?: (microseconds: bigint) => string | bigint;
}

/** Epoch milliseconds, as some columns hold a moment. */
export const milliseconds = (microseconds: bigint): bigint => microseconds / 1000n;

/**
 * How far past an edge a row is, minutes; negative: not yet. The server's clock runs on while a test prepares, so
 * nothing stands within a quarter of an hour.
 */
export const minutesPast = fc.oneof(
  fc.constantFrom(-15, 15, -60, 60, -1440, 1440),
  fc.integer({ min: 15, max: 1_000_000 }),
  fc.integer({ min: -100_000, max: -15 }),
);

/** The moment that lies so far before an edge, microseconds; not before 1971, where some engines have no stamps. */
export function past(edge: bigint, minutes: number): bigint {
  const moment = edge - BigInt(minutes) * microsecondsPerMinute;
  const earliest = 365n * 24n * microsecondsPerHour;
  return moment < earliest ? earliest : moment;
}

/** By their place before now: what stays and what goes. */
const ends: readonly (readonly [outcome: 'keeps' | 'deletes', words: string, span: Span])[] = [
  ['keeps', 'that ends in two hours', { hours: -2 }],
  ['keeps', 'that ends in eight years', { days: -3000 }],
  ['keeps', 'that ended a minute ago', { minutes: 1 }],
  ['keeps', 'that ended a quarter of an hour less than a day ago', { hours: 24, minutes: -15 }],
  ['deletes', 'that ended a quarter of an hour more than a day ago', { hours: 24, minutes: 15 }],
  ['deletes', 'that ended years ago', { days: 1500 }],
];

/** Every edge of one table whose rows are dead a day after their end. */
export function expiryCases({ table, subject, row, written = formatStamp }: Expiring): readonly ScenarioCase[] {
  const at = (id: string, { utcNow }: Clocks, span: Span): PlacedRow =>
    row(id, written(utcNow - spanMicroseconds(span)));
  return [
    ...ends.map(
      ([outcome, words, span]): ScenarioCase => ({
        name: `${outcome} ${subject} ${words}`,
        rows: (clocks) => [at('r', clocks, span)],
        survivors: { [table]: outcome === 'keeps' ? ['r'] : [] },
      }),
    ),
    {
      name: `tells ${subject} that is dead from its living neighbours`,
      rows: (clocks) => [
        ...Array.from({ length: 12 }, (_, index) =>
          at(`r${index}`, clocks, index % 3 === 0 ? { hours: 25 + index } : { hours: 23 - index }),
        ),
      ],
      survivors: { [table]: ['r1', 'r2', 'r4', 'r5', 'r7', 'r8', 'r10', 'r11'] },
    },
    {
      name: `leaves a table without ${subject} empty`,
      rows: () => [],
      survivors: { [table]: [] },
    },
    ...(written === formatStamp
      ? [
          {
            name: `keeps ${subject} whose end is the zero date`,
            needs: { zeroDates: true },
            rows: () => [row('r', '0000-00-00 00:00:00')],
            survivors: { [table]: ['r'] },
          } as const,
        ]
      : []),
  ];
}

/** Rows of such a table, as many living as dead ones. */
export const expiringRows = ({
  row,
  written = formatStamp,
}: Pick<Expiring, 'row' | 'written'>): fc.Arbitrary<(clocks: Clocks) => readonly PlacedRow[]> =>
  fc.array(minutesPast, { minLength: 5, maxLength: 60, size: 'max' }).map(
    (plan) =>
      ({ utcNow }: Clocks) =>
        plan.map((minutes, index) => row(`r${index}`, written(past(utcNow - 24n * microsecondsPerHour, minutes)))),
  );

/** Random databases of one such table. */
export const randomExpiring = (
  expiring: Pick<Expiring, 'row' | 'written'>,
): fc.Arbitrary<(clocks: Clocks) => RandomStart> =>
  expiringRows(expiring).map((rowsAt) => (clocks) => ({ database: databaseOf(rowsAt(clocks)), settings: {} }));

/** The second opinion on stamps: dead is what ended over 24 h ago; without an end nothing ends. */
export function removeExpired(world: World, table: string, column: string): void {
  const limit = world.surelyHoursAgo(24);
  world.remove(table, (row) => {
    const end = parseStamp(row[column]);
    return end !== undefined && end < limit ? 'expired' : undefined;
  });
}
