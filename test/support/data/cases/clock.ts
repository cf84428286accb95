import type { Row } from '../../model/rows.js';
import { type ConformanceCase, type Moment, tokensLeft } from '../case-types.js';
import { code, hourMilliseconds, newestToken, type PlacedRow, token } from '../row-factories.js';
import { before, type Span } from '../span.js';
import { twelveHoursWest, type Writer } from '../writers.js';

/** A token of which both periods, an hour each, ended so long before a moment. */
const ended = (id: string, moment: bigint, span: Span, fields: Row = {}): PlacedRow => {
  const stamp = before(moment - 3_600_000_000n, span);
  const periods = { VALIDITY_PERIOD: hourMilliseconds, REFRESH_TOKEN_VALIDITY_PERIOD: hourMilliseconds };
  return token(id, { TIME_CREATED: stamp, REFRESH_TOKEN_TIME_CREATED: stamp, ...periods, ...fields });
};

/** Exactly at the cut-off, and a second before it. */
const edge = (m: Moment): readonly PlacedRow[] => [
  ended('at-cut-off', m.utcNow, { hours: 2 }),
  ended('past-cut-off', m.utcNow, { hours: 2, seconds: 1 }),
];

const inZone = (hours: number): Writer => ({ zoneMinutes: hours * 60, sessionMinutes: 0 });

/** Issued one after the other in the last hours, by writers that take turns. */
const byTurns = (name: string, writers: readonly Writer[]): ConformanceCase => ({
  name: `keeps all living tokens that writers ${name} issued by turns`,
  rows: (m) => [
    ...Array.from({ length: 48 }, (_, index) => ended(`t${index}`, m.utcNow, { minutes: index - 49 })),
    ended('over-a-month', m.utcNow, { days: 30 }),
  ],
  writerOf: (_, row) => writers[Number(String(row.TOKEN_ID).slice(1)) % writers.length] ?? twelveHoursWest,
  survivors: tokensLeft(...Array.from({ length: 48 }, (_, index) => `t${index}`)),
});

const turns: readonly ConformanceCase[] = [
  // A clock that was taken from the newest stamp deleted 58 of 4 296 living tokens of these two.
  byTurns('in UTC and 8 h west', [inZone(0), inZone(-8)]),
  byTurns('12 h west and 14 h east', [inZone(-12), inZone(14)]),
  byTurns('in UTC, 5 h east and 12 h west', [inZone(0), inZone(5), inZone(-12)]),
];

const noHold: readonly ConformanceCase[] = [
  {
    name: 'takes no notice of the newest stamp',
    rows: (m) => [newestToken(m.utcNow - 400n * 3_600_000_000n), ...edge(m)],
    survivors: tokensLeft('newest', 'at-cut-off'),
  },
  {
    name: 'takes no notice of a stamp from the future',
    rows: (m) => [newestToken(m.utcNow + 720n * 3_600_000_000n), ...edge(m), ended('to-come', m.utcNow, { days: -10 })],
    survivors: tokensLeft('newest', 'at-cut-off', 'to-come'),
  },
  {
    name: 'judges the last token of an idle system like any other',
    rows: (m) => [ended('only', m.utcNow, { hours: 3 })],
    survivors: tokensLeft(),
  },
  {
    name: 'judges authorization codes by the same cut-off where there is no token at all',
    rows: (m) => [
      code('over', { TIME_CREATED: before(m.utcNow, { hours: 3 }) }),
      code('to-come', { TIME_CREATED: before(m.utcNow, { minutes: 90 }) }),
    ],
    survivors: { ...tokensLeft(), IDN_OAUTH2_AUTHORIZATION_CODE: ['to-come'] },
  },
];

/** So many hours by which a stamp may lie behind, of rows that a writer in UTC stamped. */
const settings = [0, 1, 12, 26].map(
  (hours): ConformanceCase => ({
    name: `keeps a row ${hours} h longer where its stamp may lie ${hours} h behind`,
    settings: { clockUncertaintyHours: hours },
    writerOf: () => inZone(0),
    rows: (m) => [
      ended('at-cut-off', m.utcNow, { hours: 2 + hours }),
      ended('past-cut-off', m.utcNow, { hours: 2 + hours, seconds: 1 }),
    ],
    survivors: tokensLeft('at-cut-off'),
  }),
);

/** What now means: UTC, less the hours by which a stamp may lie behind, and nothing that any row says. */
export const clockCases: readonly ConformanceCase[] = [...turns, ...noHold, ...settings];
