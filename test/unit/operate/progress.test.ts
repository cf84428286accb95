import { describe, expect, test } from 'vitest';
import { progressOf } from '../../../src/operate/progress.js';
import { postgresql } from './places.js';

describe('progress', () => {
  const step = { seen: 0, restored: 0, retries: 0, longestBatchMs: 0, reasons: {} };
  const steps = [
    { ...step, table: 'idn_oauth2_access_token', deleted: 100, batches: 2 },
    { ...step, table: 'idn_oauth2_authorization_code', deleted: 0, batches: 0 },
    { ...step, table: 'idn_oauth2_access_token_scope', deleted: 300, batches: 0 },
  ];
  const backlog = [{ table: 'idn_oauth2_access_token', reason: 'revoked', rows: 400 }];

  test('counts what the backlog counts, and says how long it will take', () => {
    expect(progressOf(postgresql, steps, 10_000, backlog)).toEqual({
      deletedRows: 100,
      totalRows: 400,
      rowsPerSecond: 10,
      secondsLeft: 30,
      table: 'idn_oauth2_access_token',
    });
  });

  test('says nothing of the end where nothing was counted, and never more than all', () => {
    expect(progressOf(postgresql, steps, 10_000).secondsLeft).toBeUndefined();
    expect(progressOf(postgresql, steps, 10_000, [{ ...backlog[0], table: '', reason: '', rows: 5 }]).totalRows).toBe(
      100,
    );
  });
});
