import { expect, test } from 'vitest';
import { tokenReferences } from '../../support/data/references.js';
import { databaseOf, token } from '../../support/data/row-factories.js';
import { momentsOf } from '../../support/model/clock.js';
import { formatStamp, parseStamp } from '../../support/model/stamps.js';
import { survivorsOfTokens } from '../../support/model/tokens-model.js';

test.each([
  '2026-11-23 15:10:00',
  '2026-11-23 15:10:00.000001',
  '2026-11-23 15:10:00.999999',
  '1969-12-31 23:59:59.999999',
  '1970-01-01 00:00:00',
  '9999-12-31 23:59:59',
])('%s is read and written without loss', (stamp) => {
  expect(formatStamp(parseStamp(stamp) ?? 0n)).toBe(stamp);
});

test.each(['0000-00-00 00:00:00', 'infinity', '-infinity', '', '2026-13-01 00:00:00', null])(
  '%s names no moment',
  (stamp) => {
    expect(parseStamp(stamp)).toBeUndefined();
  },
);

test('a short fraction counts from the left', () => {
  expect(parseStamp('1970-01-01 00:00:01.5')).toBe(1_500_000n);
});

test('every moment lies the uncertainty of stamps before now, and whatever else its rule asks for', () => {
  const moments = momentsOf({
    utcNow: '2026-11-23 15:10:00',
    clockUncertaintyHours: 26,
    safePeriodMinutes: 120,
    accessPeriodGrants: '(none)',
    auditPruning: false,
    auditRetentionDays: 90,
  });
  expect(formatStamp(moments.cutOff)).toBe('2026-11-22 11:10:00');
  expect(formatStamp(moments.dayAgo)).toBe('2026-11-21 13:10:00');
  expect(formatStamp(moments.auditCutOff)).toBe('2026-08-24 13:10:00');
});

test('dead rows are counted by the first reason that fits, their children apart', () => {
  const stamp = { TIME_CREATED: '2020-01-01 00:00:00', REFRESH_TOKEN: null };
  const database = databaseOf([
    token('a', { ...stamp, TOKEN_STATE: 'REVOKED' }),
    token('b', { ...stamp }),
    token('c', { ...stamp, REFRESH_TOKEN_VALIDITY_PERIOD: -1n }),
    token('d', { ...stamp, REFRESH_TOKEN_VALIDITY_PERIOD: -1n, GRANT_TYPE: 'refresh_token' }),
    ['IDN_OAUTH2_ACCESS_TOKEN_SCOPE', { TOKEN_ID: 'a', TOKEN_SCOPE: 'x' }],
    ['IDN_OAUTH2_ACCESS_TOKEN_SCOPE', { TOKEN_ID: 'c', TOKEN_SCOPE: 'x' }],
  ]);
  const result = survivorsOfTokens(database, tokenReferences, {
    ...{ utcNow: '2026-11-23 15:10:00', clockUncertaintyHours: 12, safePeriodMinutes: 120 },
    ...{ accessPeriodGrants: 'password', auditPruning: false, auditRetentionDays: 90 },
  });
  expect(result.dead).toEqual({ IDN_OAUTH2_ACCESS_TOKEN: { revoked: 1, periods_over: 1, access_period_over: 1 } });
  expect(result.cascaded).toEqual({ IDN_OAUTH2_ACCESS_TOKEN_SCOPE: 2 });
});
