import type { Row } from '../../model/rows.js';
import { type ConformanceCase, type Moment, tokensLeft } from '../case-types.js';
import { code, hourMilliseconds, neverMilliseconds, newestToken, type PlacedRow, token } from '../row-factories.js';
import { before, type Span } from '../span.js';

/** A token of which both periods, an hour each, ended so long before a moment. */
const ended = (id: string, moment: bigint, span: Span, fields: Row = {}): PlacedRow => {
  const stamp = before(moment - 3_600_000_000n, span);
  const periods = { VALIDITY_PERIOD: hourMilliseconds, REFRESH_TOKEN_VALIDITY_PERIOD: hourMilliseconds };
  return token(id, { TIME_CREATED: stamp, REFRESH_TOKEN_TIME_CREATED: stamp, ...periods, ...fields });
};

/** Exactly at the cut-off, and a second before it. */
const edge = (m: Moment): readonly PlacedRow[] => [
  ended('at-cut-off', m.newest, { hours: 2 }),
  ended('past-cut-off', m.newest, { hours: 2, seconds: 1 }),
];

const held: readonly ConformanceCase[] = [
  {
    name: 'takes the newest stamp as the clock, to the second',
    rows: (m) => [newestToken(m.newest), ...edge(m)],
    survivors: tokensLeft('newest', 'at-cut-off'),
  },
  {
    name: 'takes the newest stamp from a token that it deletes',
    newestOffsetMinutes: -180,
    rows: (m) => [newestToken(m.newest, { TOKEN_STATE: 'REVOKED' }), ...edge(m)],
    survivors: tokensLeft('at-cut-off'),
  },
  {
    name: 'takes the newest stamp from a token in an unknown state',
    newestOffsetMinutes: -180,
    rows: (m) => [newestToken(m.newest, { TOKEN_STATE: 'blocked' }), ...edge(m)],
    survivors: tokensLeft('newest', 'at-cut-off'),
  },
  {
    name: 'does not take the clock from refresh stamps',
    newestOffsetMinutes: -300,
    rows: (m) => [newestToken(m.newest, { REFRESH_TOKEN_TIME_CREATED: before(m.utcNow, { minutes: 1 }) }), ...edge(m)],
    survivors: tokensLeft('newest', 'at-cut-off'),
  },
  {
    name: 'does not take the clock from authorization codes',
    newestOffsetMinutes: -300,
    rows: (m) => [newestToken(m.newest), ...edge(m), code('c', { TIME_CREATED: before(m.utcNow, { minutes: 1 }) })],
    survivors: { ...tokensLeft('newest', 'at-cut-off'), IDN_OAUTH2_AUTHORIZATION_CODE: ['c'] },
  },
  {
    name: 'takes no notice of a missing stamp when it looks for the newest',
    needs: { nullable: ['IDN_OAUTH2_ACCESS_TOKEN.TIME_CREATED'] },
    newestOffsetMinutes: -60,
    rows: (m) => [newestToken(m.newest), ...edge(m), token('no-stamp', { TIME_CREATED: null })],
    survivors: tokensLeft('newest', 'at-cut-off', 'no-stamp'),
  },
  {
    name: 'is not helped by a stamp from the future',
    newestOffsetMinutes: 30 * 24 * 60,
    rows: (m) => [
      newestToken(m.newest),
      ended('to-come', m.utcNow, { days: -10 }),
      ended('in-safe-period', m.utcNow, { minutes: 100 }),
      ended('over', m.utcNow, { minutes: 121 }),
    ],
    survivors: tokensLeft('newest', 'to-come', 'in-safe-period'),
  },
  {
    name: 'still deletes when the only token in the future is revoked',
    newestOffsetMinutes: 5 * 24 * 60,
    rows: (m) => [
      newestToken(m.newest, { TOKEN_STATE: 'REVOKED' }),
      ended('in-safe-period', m.utcNow, { minutes: 100 }),
      ended('over', m.utcNow, { minutes: 121 }),
    ],
    survivors: tokensLeft('in-safe-period'),
  },
  {
    name: 'cleans an idle system, fourteen hours behind UTC',
    newestOffsetMinutes: -5 * 24 * 60,
    rows: (m) => [newestToken(m.newest), ended('over', m.newest, {}), ended('to-come', m.utcNow, { hours: 15 })],
    survivors: tokensLeft('newest', 'to-come'),
  },
  {
    name: 'goes by the hold, not by the newest stamp, when the system has been idle for longer',
    newestOffsetMinutes: -5 * 24 * 60,
    rows: (m) => [
      ended('old', m.newest, {}),
      ended('to-come', m.utcNow, { minutes: 15 * 60 + 45 }),
      ended('over', m.utcNow, { minutes: 16 * 60 + 1 }),
    ],
    survivors: tokensLeft('to-come'),
  },
  {
    name: 'deletes the last token of an idle system',
    rows: (m) => [ended('only', m.utcNow, { hours: 17 })],
    survivors: tokensLeft(),
  },
  {
    name: 'keeps the last token of a system that has been idle for a few hours',
    rows: (m) => [ended('only', m.utcNow, { hours: 13 })],
    survivors: tokensLeft('only'),
  },
  {
    name: 'stays fourteen hours behind UTC where there is no token at all',
    rows: (m) => [
      code('over', { TIME_CREATED: before(m.utcNow, { hours: 17 }) }),
      code('to-come', { TIME_CREATED: before(m.utcNow, { hours: 15 }) }),
    ],
    survivors: { ...tokensLeft(), IDN_OAUTH2_AUTHORIZATION_CODE: ['to-come'] },
  },
  {
    name: 'stays fourteen hours behind UTC where no token has a readable stamp',
    needs: { zeroDates: true },
    rows: (m) => [
      token('zero', { TIME_CREATED: '0000-00-00 00:00:00' }),
      code('over', { TIME_CREATED: before(m.utcNow, { hours: 17 }) }),
      code('to-come', { TIME_CREATED: before(m.utcNow, { hours: 15 }) }),
    ],
    survivors: { ...tokensLeft('zero'), IDN_OAUTH2_AUTHORIZATION_CODE: ['to-come'] },
  },
];

const told: readonly ConformanceCase[] = (['utc', 'server'] as const).flatMap((clock): readonly ConformanceCase[] => {
  const now = (m: Moment): bigint => (clock === 'utc' ? m.utcNow : m.serverNow);
  const rows = (m: Moment): readonly PlacedRow[] => [
    newestToken(m.newest),
    ended('in-safe-period', now(m), { minutes: 100 }),
    ended('over', now(m), { minutes: 121 }),
    token('never', { TIME_CREATED: before(now(m), { days: 900 }), VALIDITY_PERIOD: neverMilliseconds }),
  ];
  const survivors = tokensLeft('newest', 'in-safe-period', 'never');
  return [-10 * 60, -40 * 24 * 60, 24 * 60].map((newestOffsetMinutes) => ({
    name: `goes by the ${clock} clock when told, with the newest stamp ${newestOffsetMinutes} min from UTC`,
    settings: { clock },
    newestOffsetMinutes,
    rows,
    survivors,
  }));
});

/** What now means, and what no stamp can make of it. */
export const clockCases: readonly ConformanceCase[] = [...held, ...told];
