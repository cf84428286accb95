import { describe, expect, test } from 'vitest';
import { forecastWords } from '../../../src/report/forecast-words.js';
import { makeHistory } from '../../../src/report/history.js';
import type { Cell } from '../../../src/report/report.js';
import { ago, facts, run, step } from '../../support/pages/made-up-history.js';

const table = 'IDN_OAUTH2_ACCESS_TOKEN';
const scopes = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE';
const steps = (rows: number) => [step(table, { revoked: rows }), step(scopes, {}, { deleted: 2 * rows, batches: 0 })];
const growthOf = (...args: Parameters<typeof facts>) => makeHistory(facts(...args)).cleanups[0]?.growth;
const said = (...args: Parameters<typeof facts>): string =>
  forecastWords(makeHistory(facts(...args)))
    .map((line: string | Cell) => (typeof line === 'string' ? line : line.text))
    .join('\n');

describe('growth', () => {
  test('is what runs deleted after one complete run and up to another, by the days between', () => {
    const runs = [run(1, 30, steps(90_000)), run(2, 20, steps(1000)), run(3, 10, steps(3000))];
    expect(growthOf([{ runs }])).toEqual({
      from: ago(30),
      upto: ago(10),
      days: 20,
      longestGapDays: 10,
      tables: [
        { table: scopes, rowsPerDay: 400 },
        { table, rowsPerDay: 200 },
      ],
      intervals: [
        { from: ago(30), upto: ago(20), deadPerDay: 100 },
        { from: ago(20), upto: ago(10), deadPerDay: 300 },
      ],
    });
  });

  test('counts what a run that stopped early deleted, and nothing of a dry run or of one that came later', () => {
    const early = { status: 'stopped', whyStopped: 'time budget' };
    const runs = [
      run(1, 12, steps(70)),
      run(2, 8, steps(400), early),
      run(3, 6, steps(5000), { dryRun: true }),
      run(4, 2, steps(600)),
      run(5, 1, steps(9000), early),
    ];
    const growth = growthOf([{ runs }]);
    expect(growth?.tables).toContainEqual({ table, rowsPerDay: 100 });
    expect(growth?.intervals).toEqual([{ from: ago(12), upto: ago(2), deadPerDay: 100 }]);
  });

  test('counts a row once that was put back and deleted again', () => {
    const runs = [run(1, 12, steps(500)), run(3, 2, steps(800))];
    const restores = [run(2, 7, [step(table, {}, { restored: 300 }), step(scopes, {}, { restored: 600 })])];
    expect(growthOf([{ runs, restores }])?.tables).toContainEqual({ table, rowsPerDay: 50 });
    expect(makeHistory(facts([{ runs, restores }])).cleanups[0]?.restored).toBe(900);
  });

  test('counts what was taken out of a run, to be restored, as deleted by that run', () => {
    const part = { status: 'ended', whyStopped: 'part of run 2: --of-user admin' };
    const ofPart = { ...part, whyStopped: 'part of run 3: --table X' };
    const runs = [
      run(1, 12, steps(500)),
      run(2, 2, steps(700)),
      run(3, 2, steps(200), part),
      run(4, 2, steps(100), ofPart),
    ];
    const [cleanup] = makeHistory(facts([{ runs }])).cleanups;
    expect(cleanup?.runs.map(({ runId, dead }) => [runId, dead])).toEqual([
      [1, 500],
      [2, 1000],
    ]);
    expect(cleanup?.growth?.tables).toContainEqual({ table, rowsPerDay: 100 });
  });

  test.each([
    ['no run', [], 'there is none yet'],
    ['one complete run', [run(1, 9, steps(5))], 'there is one'],
    ['a dry run beside it', [run(1, 9, steps(5)), run(2, 1, steps(5), { dryRun: true })], 'there is one'],
    ['two within a day', [run(1, 1.9, steps(5)), run(2, 1, steps(5))], 'all of them began within a day'],
    [
      'runs that failed',
      [run(1, 9, [], { status: 'failed' }), run(2, 1, [], { status: 'crashed' })],
      'there is none yet',
    ],
  ])('is not known with %s, and the words say why', (_, runs, why) => {
    expect(growthOf([{ runs }])).toBeUndefined();
    const { rowsPerDay, bytesPerDay, daysUntilFull } = makeHistory(facts([{ runs }], { diskFreeBytes: 1e9 })).forecast;
    expect([rowsPerDay, bytesPerDay, daysUntilFull]).toEqual([undefined, undefined, undefined]);
    expect(said([{ runs }], { diskFreeBytes: 1e9 })).toContain(
      `No forecast for cleanup_tokens: a forecast needs two complete runs that began a day or more apart, and ${why}.`,
    );
  });
});

describe('a forecast', () => {
  const runs = [run(1, 30, steps(90_000)), run(2, 20, steps(1000)), run(3, 10, steps(3000))];
  const sizes = [
    { table: table.toLowerCase(), rows: 10_000, rowBytes: 500, bytes: 9e6 },
    { table: scopes.toLowerCase(), rows: 20_000, rowBytes: 100, bytes: 3e6 },
  ];

  test('has bytes by the length of rows, and a day on which the disk is full', () => {
    const { forecast } = makeHistory(facts([{ runs }], { sizes, diskFreeBytes: 14e6 }));
    expect(forecast).toMatchObject({ rowsPerDay: 600, bytesPerDay: 140_000, peakBytes: 1_400_000, daysUntilFull: 100 });
    const words = said([{ runs }], { sizes, diskFreeBytes: 14e6 });
    expect(words).toContain(
      'about 600 dead rows would be added a day, 4.2 MB a month (estimate: indexes are not counted',
    );
    expect(words).toContain('would fill the 14 MB that are free by about 8 October 2026 (estimate)');
    expect(words).toContain('With it, they take about 1.4 MB at most');
  });

  test('has no day where nobody says what is free, or where it is beyond ten years', () => {
    expect(said([{ runs }], { sizes })).not.toMatch(/fill/);
    expect(said([{ runs }], { sizes, diskFreeBytes: 1e12 })).toContain(
      'would not fill the 1 TB that are free within ten years',
    );
  });

  test('has no bytes for a table of which the server does not know how long a row is, and names it', () => {
    const known = sizes.slice(0, 1);
    const words = said([{ runs }], { sizes: known });
    expect(makeHistory(facts([{ runs }], { sizes: known })).forecast.bytesPerDay).toBe(100_000);
    expect(words).toContain(`does not know how long the rows of ${scopes} are`);
    const none = makeHistory(facts([{ runs }], { diskFreeBytes: 1e9 })).forecast;
    expect([none.bytesPerDay, none.peakBytes, none.daysUntilFull]).toEqual([undefined, undefined, undefined]);
    expect(said([{ runs }])).toContain('about 600 dead rows would be added a day.');
  });

  test('divides pages by the rows that they held before the largest run, where lengths are those of pages', () => {
    const ofPages = [{ table, rows: 7000, rowBytes: 1000, rowBytesOfPages: true as const }];
    const growth = growthOf([{ runs: [run(1, 30, steps(3000)), run(2, 20, steps(1000))] }], { sizes: ofPages });
    expect(growth?.tables).toContainEqual({ table, rowsPerDay: 100, bytesPerDay: 100 * 700 });
  });

  test('says that it may be too high where lengths are those of pages', () => {
    const ofPages = sizes.map((size) => ({ ...size, rowBytesOfPages: true as const }));
    expect(said([{ runs }], { sizes: ofPages })).toContain('too much if earlier deletes left them half empty');
  });

  test('says which cleanup is behind', () => {
    const late = [...runs, run(4, 1, steps(10), { status: 'stopped', whyStopped: 'time budget' })];
    expect(said([{ runs: late }], { sizes })).toContain('The latest run of cleanup_tokens did not come to its end');
    expect(said([{ runs }], { sizes })).not.toContain('did not come to its end');
  });
});

test('reasons, rests and errors are added up over runs, the largest first', () => {
  const rest = (cause: string, restMs: number) => ({ cause, detail: `${cause} ${restMs}`, restMs });
  const runs = [
    run(1, 3, [step(table, { revoked: 5, inactive: 1 })], { rests: [rest('hold', 10)], errors: { [table]: 1 } }),
    run(2, 2, [step(table, { revoked: 7 })], {
      rests: [rest('hold', 20), rest('replica lag', 50)],
      errors: { [table]: 2 },
    }),
    run(3, 1, [step(table, { revoked: 100 })], { dryRun: true }),
  ];
  const history = makeHistory(facts([{ runs }]));
  expect(history.reasons).toEqual([
    { procedure: 'cleanup_tokens', table, reason: 'revoked', rows: 12 },
    { procedure: 'cleanup_tokens', table, reason: 'inactive', rows: 1 },
  ]);
  expect(history.rests).toEqual([
    { cause: 'replica lag', restMs: 50, runs: 1, detail: 'replica lag 50' },
    { cause: 'hold', restMs: 30, runs: 2, detail: 'hold 20' },
  ]);
  expect(history.errors).toEqual([{ table, rows: 3 }]);
});
