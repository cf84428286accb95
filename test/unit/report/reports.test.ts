import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { drawSections } from '../../../src/cli/draw.js';
import type { RunWithSteps } from '../../../src/operate/run-types.js';
import type { Report } from '../../../src/report/report.js';
import { reportBacklog } from '../../../src/report/report-backlog.js';
import { reportRestore } from '../../../src/report/report-restore.js';
import { reportRun } from '../../../src/report/report-run.js';
import { reportRuns } from '../../../src/report/report-runs.js';

const plain = new Chalk({ level: 0 });
const textOf = ({ sections }: Report): string => drawSections(sections, plain);

const step = { seen: 0, deleted: 0, restored: 0, batches: 0, retries: 0, longestBatchMs: 0, reasons: {} };

const run: RunWithSteps = {
  runId: 7,
  procedure: 'cleanup_tokens',
  startedBy: 'wso2',
  startedAt: '2026-05-01T01:00:00Z',
  endedAt: '2026-05-01T01:00:10Z',
  cutOff: '2026-04-30T22:00:00Z',
  dryRun: false,
  status: 'stopped',
  whyStopped: 'time budget',
  steps: [
    {
      ...step,
      table: 'TOKEN',
      seen: 5000,
      deleted: 3000,
      batches: 4,
      retries: 1,
      longestBatchMs: 240,
      reasons: { revoked: 3000 },
    },
    { ...step, table: 'SCOPE', deleted: 6000 },
    { ...step, table: 'UNTOUCHED' },
  ],
  rests: [{ cause: 'replica lag', detail: 'replica standby is 14 s behind', restMs: 4000 }],
  proofs: [{ table: 'idn_oauth2_access_token', logged: 7096, copies: 7096, wrong: 0 }],
};

describe('a run', () => {
  test('says why it stopped, and counts by table and reason', () => {
    expect(textOf(reportRun(run))).toBe(
      [
        'Run 7 of cleanup_tokens',
        '  stopped: time budget',
        '  began 2026-05-01 01:00:00 UTC by wso2, took 10.0 s',
        '  the first cut-off is 2026-04-30 22:00:00 UTC',
        '  rested 4.0 s for replica lag: replica standby is 14 s behind',
        '  proven: 7,096 copies, 0 wrong',
        '  9,000 rows deleted, 900 rows/s',
        '',
        '  table   seen  deleted  batches  retries  longest batch',
        '  TOKEN  5,000    3,000        4        1         240 ms',
        '  SCOPE           6,000',
        '',
        '  table  reason   deleted',
        '  TOKEN  revoked    3,000',
      ].join('\n'),
    );
  });

  test('gives programs the same facts', () => {
    expect(reportRun(run).json).toMatchObject({ runId: 7, deleted: 9000, durationMs: 10_000, rowsPerSecond: 900 });
  });

  test('says which table a proof found something wrong in', () => {
    const proofs = [
      { table: 'TOKEN', logged: 3000, copies: 2999, wrong: 2 },
      { table: 'SCOPE', logged: 6000, copies: 6000, wrong: 0 },
    ];
    const text = textOf(reportRun({ ...run, proofs }));
    expect(text).toContain('  proven: 8,999 copies, 2 wrong\n  TOKEN: 2,999 kept of 3,000 deleted rows\n');
    expect(reportRun({ ...run, proofs }).json).toMatchObject({ proofs });
    expect(textOf(reportRun({ ...run, proofs: [] }))).not.toContain('proven');
  });

  test('a dry run says that nothing was deleted', () => {
    expect(textOf(reportRun({ ...run, dryRun: true }))).toContain('would be deleted (dry run: nothing was)');
  });
});

test('a run whose session died is told from one that is running', () => {
  const { endedAt: _, whyStopped: __, steps: ___, ...rest } = run;
  const orphan = { ...rest, status: 'running' };
  expect(textOf(reportRuns({ runs: [orphan], running: [] }))).toContain('the next run marks it as crashed');
  expect(textOf(reportRuns({ runs: [orphan], running: ['cleanup_tokens'] }))).toContain('running now: cleanup_tokens');
  expect(textOf(reportRuns({ runs: [], running: [] }))).toBe('No run yet.');
});

test('the status says which cleanups are held, and until when', () => {
  const hold = (value: string) => [{ name: 'hold_until_epoch_seconds', value, description: '' }];
  const settings = { cleanup_tokens: hold('4102444800'), cleanup_jti: hold('1000000000') };
  const text = textOf(reportRuns({ runs: [], running: [], settings }));
  expect(text).toContain('held until 2100-01-01 00:00:00 UTC: cleanup_tokens');
  expect(text).not.toContain('cleanup_jti');
});

test('the backlog has a total, and a word for an empty one', () => {
  const entries = [
    { table: 'TOKEN', reason: 'revoked', rows: 1200, oldest: '2026-01-01T00:00:00' },
    { table: 'CODE', reason: 'inactive', rows: 34 },
  ];
  expect(reportBacklog({ cleanup_tokens: entries }).json).toMatchObject({ deadRows: 1234 });
  expect(textOf(reportBacklog({ cleanup_tokens: entries }))).toMatch(/total +1,234/);
  expect(textOf(reportBacklog({ cleanup_tokens: [] }))).toContain('nothing is dead');
});

test('a restore tells what it left alone', () => {
  const restore = { ...run, steps: [{ ...step, table: 'TOKEN', seen: 10, restored: 8 }] };
  const tables = restore.steps.map(({ table, seen, restored }) => ({ table, restored, leftAlone: seen - restored }));
  const report = reportRestore(7, restore.runId, tables, 'tokens');
  expect(report.json).toMatchObject({
    runId: 7,
    restored: 8,
    leftAlone: 2,
    tables: [{ table: 'TOKEN', restored: 8, leftAlone: 2 }],
  });
  expect(textOf(report)).toContain('8 rows restored, 2 left alone');
  expect(textOf(report)).toContain('deepclean settings enabled=no --cleanup tokens');
});
