import { describe, expect, test } from 'vitest';
import { columns, qualified, utcOf } from '../../../src/operate/place.js';
import { readRun, readRuns } from '../../../src/operate/read-runs.js';
import { setSettings } from '../../../src/operate/settings.js';
import { fakeConnection } from './fake-connection.js';
import { mysql, postgresql, runRow, stepRow } from './places.js';

test('names are written as each database keeps them, and come back alike', () => {
  expect(qualified(postgresql, postgresql.names.run)).toBe('"My Schema".cleanup_run');
  expect(qualified(mysql, mysql.names.run)).toBe('CLEANUP_RUN');
  expect(columns(postgresql, ['run_id'], 'r')).toBe('r.run_id AS run_id');
  expect(columns(mysql, ['run_id'], 'r')).toBe('r.RUN_ID AS run_id');
});

test('values are literals: a quote cannot end one', async () => {
  const connection = fakeConnection([]);
  await setSettings(connection, mysql, { window: "x'; DROP TABLE t; --" });
  expect(connection.asked.join()).toContain("THEN 'x''; DROP TABLE t; --'");
});

test.each([
  ['2026-05-01 01:02:03', '2026-05-01T01:02:03Z'],
  ['2026-05-01 01:02:03.000', '2026-05-01T01:02:03Z'],
  ['2026-05-01 01:02:03.120', '2026-05-01T01:02:03.120Z'],
  [null, undefined],
])('the stamp %j is %j', (text, stamp) => expect(utcOf(text)).toBe(stamp));

describe('the log', () => {
  test('is read with numbers as numbers, tables in the order of the policy', async () => {
    const connection = fakeConnection([
      [
        /AS seen/,
        [
          stepRow('IDN_OAUTH2_ACCESS_TOKEN_SCOPE', '4'),
          stepRow('IDN_OAUTH2_AUTHORIZATION_CODE', '1'),
          stepRow('IDN_OAUTH2_ACCESS_TOKEN', '2'),
        ],
      ],
      [/AS reason/, [{ table_name: 'IDN_OAUTH2_ACCESS_TOKEN', reason: 'revoked', deleted: '2' }]],
      [/AS status/, [runRow]],
    ]);
    const run = await readRun(connection, mysql, 7);
    expect(run?.runId).toBe(7);
    expect(run?.steps.map(({ table }) => table)).toEqual([
      'IDN_OAUTH2_ACCESS_TOKEN',
      'IDN_OAUTH2_AUTHORIZATION_CODE',
      'IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
    ]);
    expect(run?.steps[0]?.reasons).toEqual({ revoked: 2 });
  });

  test('is limited without a word that only some databases know', async () => {
    const connection = fakeConnection([]);
    await readRuns(connection, postgresql, { last: 5 });
    expect(connection.asked.join()).not.toMatch(/\b(LIMIT|FETCH FIRST|TOP)\b/);
  });
});
