import type { Row } from '../../model/rows.js';
import { formatStamp } from '../../model/stamps.js';
import { type ConformanceCase, type Moment, tokensLeft } from '../case-types.js';
import { code, hourMilliseconds, newestToken, type PlacedRow, token } from '../row-factories.js';
import { cibaCode, deviceCode } from '../sibling-factories.js';
import { after, before, type Span } from '../span.js';
import type { Writer } from '../writers.js';

/** One application, whatever clock stamps its rows: every span below is a real age. */
const application = (m: Moment): readonly PlacedRow[] => {
  const ended = (id: string, span: Span, fields: Row = {}): PlacedRow => {
    const stamp = before(m.utcNow - 3_600_000_000n, span);
    const periods = { VALIDITY_PERIOD: hourMilliseconds, REFRESH_TOKEN_VALIDITY_PERIOD: hourMilliseconds };
    return token(id, { TIME_CREATED: stamp, REFRESH_TOKEN_TIME_CREATED: stamp, ...periods, ...fields });
  };
  const issued = (id: string): PlacedRow => token(id, { TIME_CREATED: formatStamp(m.utcNow) });
  return [
    newestToken(m.utcNow),
    issued('born-now-1'),
    issued('born-now-2'),
    ended('half-way', { minutes: -30 }),
    ended('in-safe-period', { minutes: 119 }),
    ended('over-a-month', { days: 30 }),
    ended('revoked', { minutes: -30 }, { TOKEN_STATE: 'REVOKED' }),
    code('c-born-now', { TIME_CREATED: formatStamp(m.utcNow) }),
    code('c-over-a-month', { TIME_CREATED: before(m.utcNow, { days: 30 }) }),
    code('c-of-living', { STATE: 'INACTIVE', TOKEN_ID: 'born-now-1', TIME_CREATED: before(m.utcNow, { minutes: 50 }) }),
    cibaCode('b-born-now', { ISSUED_TIME: formatStamp(m.utcNow) }),
    cibaCode('b-over-a-month', { ISSUED_TIME: before(m.utcNow, { days: 30 }) }),
    deviceCode('d-born-now', { EXPIRY_TIME: after(m.utcNow, { minutes: 10 }) }),
    deviceCode('d-over-a-month', { EXPIRY_TIME: before(m.utcNow, { days: 30 }) }),
  ];
};

const survivors = {
  ...tokensLeft('newest', 'born-now-1', 'born-now-2', 'half-way', 'in-safe-period'),
  IDN_OAUTH2_AUTHORIZATION_CODE: ['c-born-now', 'c-of-living'],
  IDN_OAUTH2_CIBA_AUTH_CODE: ['b-born-now'],
  IDN_OAUTH2_DEVICE_FLOW: ['d-born-now'],
};

const clocks: readonly (readonly [string, number])[] = [
  ['in UTC', 0],
  ['in a zone 11 h 30 min west', -690],
  ['in a zone 12 h west', -720],
  ['in a zone 8 h west', -480],
  ['in a zone 5 h 30 min east', 330],
  ['in a zone 13 h east', 780],
  ['in a zone 14 h east', 840],
  ['by a clock 40 min slow', -40],
  ['by a clock 3 h slow', -180],
  ['by a clock 3 h fast', 180],
  ['by a clock a day fast', 1440],
];

const writerOf = (zoneMinutes: number) => (): Writer => ({ zoneMinutes, sessionMinutes: 0 });

const anyClock = clocks.map(
  ([words, offset]): ConformanceCase => ({
    name: `keeps the living and deletes what has long been over where rows are stamped ${words}`,
    writerOf: writerOf(offset),
    rows: application,
    survivors,
  }),
);

/** West of Greenwich dead rows linger less, east of it more: twelve hours and the offset, no longer. */
const exactness = clocks.map(([words, offset]): ConformanceCase => {
  const lingerMinutes = 720 + offset;
  const stampOf = (m: Moment, seconds: number): Row => {
    const stamp = before(m.utcNow, { minutes: 120 + lingerMinutes + 60, seconds });
    const periods = { VALIDITY_PERIOD: hourMilliseconds, REFRESH_TOKEN_VALIDITY_PERIOD: hourMilliseconds };
    return { TIME_CREATED: stamp, REFRESH_TOKEN_TIME_CREATED: stamp, ...periods };
  };
  return {
    name: `lets the dead linger ${lingerMinutes} min and no longer where rows are stamped ${words}`,
    writerOf: writerOf(offset),
    rows: (m) => [newestToken(m.utcNow), token('lingers', stampOf(m, 0)), token('gone', stampOf(m, 1))],
    survivors: tokensLeft('newest', 'lingers'),
  };
});

/** Rows stamped by clocks that nobody knows from outside. */
export const zoneCases: readonly ConformanceCase[] = [...anyClock, ...exactness];
