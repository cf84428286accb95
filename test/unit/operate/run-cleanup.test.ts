import { describe, expect, test } from 'vitest';
import { ConnectionError, exitCodes } from '../../../src/errors.js';
import { DatabaseError, databaseError } from '../../../src/operate/database-error.js';
import { runCleanup } from '../../../src/operate/run-cleanup.js';
import { fakeConnection } from './fake-connection.js';
import { mysql, runRow, stepRow } from './places.js';

describe('a run', () => {
  const options = { dryRun: false, pollMs: 5, onProgress: () => {} };

  test('is found again although others were turned away meanwhile', async () => {
    const skipped = { ...runRow, run_id: '8', status: 'skipped' };
    const follower = fakeConnection([
      [/newest/, [{ newest: '6' }]],
      [/> 6/, [runRow, skipped]],
      [/AS status.*= 7/s, [runRow]],
    ]);
    const { run, failure } = await runCleanup(fakeConnection([]), follower, mysql, options);
    expect(run?.runId).toBe(7);
    expect(failure).toBeUndefined();
  });

  test('that is dry is asked for before the call, and forgotten where it was turned away', async () => {
    const skipped = { ...runRow, status: 'skipped' };
    const answers = (dryRun: string) =>
      fakeConnection([
        [/newest/, [{ newest: '6' }]],
        [/AS description/, [{ name: 'dry_run', value: dryRun, description: '' }]],
        [/> 6/, [skipped]],
        [/AS status/, [skipped]],
      ]);
    const follower = answers('no');
    await runCleanup(fakeConnection([]), follower, mysql, { ...options, dryRun: true });
    expect(follower.asked.filter((sql) => sql.startsWith('UPDATE')).join()).toContain("'once'");

    const turnedAway = answers('once');
    await runCleanup(fakeConnection([]), turnedAway, mysql, { ...options, dryRun: true });
    expect(turnedAway.asked.filter((sql) => sql.startsWith('UPDATE')).join()).toContain("WHEN 'dry_run' THEN 'no'");

    const always = answers('yes');
    await runCleanup(fakeConnection([]), always, mysql, { ...options, dryRun: true });
    expect(always.asked.filter((sql) => sql.startsWith('UPDATE'))).toEqual([]);
  });

  test('that is dry does not start beside another', async () => {
    const busy = {
      ...mysql,
      dialect: { ...mysql.dialect, catalog: { ...mysql.dialect.catalog, running: async () => ['cleanup_tokens'] } },
    };
    const caller = fakeConnection([]);
    const run = runCleanup(caller, fakeConnection([]), busy, { ...options, dryRun: true });
    await expect(run).rejects.toThrow('running already');
    expect(caller.asked).toEqual([]);
  });

  test('that fails after a batch is half done, before it nothing was changed', async () => {
    const caller = fakeConnection([[/CALL/, Object.assign(new Error('disk full'), { code: '53100' })]]);
    const answers = (batches: number) =>
      fakeConnection([
        [/newest/, [{ newest: '6' }]],
        [/> 6/, [{ ...runRow, status: 'failed' }]],
        [/AS seen/, [{ ...stepRow('IDN_OAUTH2_ACCESS_TOKEN', '1'), batches }]],
        [/AS status/, [{ ...runRow, status: 'failed' }]],
      ]);
    const before = await runCleanup(caller, answers(0), mysql, options);
    const after = await runCleanup(caller, answers(3), mysql, options);
    expect(before.failure?.exitCode).toBe(exitCodes.preflight);
    expect(after.failure?.exitCode).toBe(exitCodes.partial);
  });
});

test('a lost connection is told from a refusal', () => {
  const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  expect(databaseError(lost)).toBeInstanceOf(ConnectionError);
  expect(databaseError(new Error('Connection terminated unexpectedly'))).toBeInstanceOf(ConnectionError);
  const refused = databaseError(Object.assign(new Error('permission denied'), { code: '42501', hint: 'Ask.' }));
  expect(refused).toBeInstanceOf(DatabaseError);
  expect(refused.next).toBe('Ask.');
});
