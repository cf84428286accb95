import { describe, expect, test } from 'vitest';
import { expressions } from '../../../../src/dialects/mysql/expressions.js';
import type { Column } from '../../../../src/schema/types.js';

const column = (type: string): Column => ({ name: 'S', type, family: 'timestamp', nullable: true });

describe('a TIMESTAMP, which the server keeps as an instant', () => {
  test('is compared in seconds since 1970, whatever the zone of the session; the zero date is no time', () => {
    expect(expressions.timestampBefore('t.S', column('timestamp(6)'), 'v_cut_off_s')).toBe(
      'NULLIF(UNIX_TIMESTAMP(t.S), 0) < v_cut_off_s',
    );
  });

  test('has an age in the unit of the period', () => {
    const age = (unit: 'milliseconds' | 'seconds' | 'minutes') =>
      expressions.periodOver('t.S', column('timestamp'), 't.P', unit, 'v_c');
    expect(age('milliseconds')).toBe('(v_c - NULLIF(UNIX_TIMESTAMP(t.S), 0)) * 1000 > t.P');
    expect(age('seconds')).toBe('v_c - NULLIF(UNIX_TIMESTAMP(t.S), 0) > t.P');
    expect(age('minutes')).toBe('(v_c - NULLIF(UNIX_TIMESTAMP(t.S), 0)) / 60 > t.P');
  });
});

test('a DATETIME is compared as it was written; the zero date is no time', () => {
  expect(expressions.timestampBefore('t.S', column('datetime'), 'v_cut_off')).toBe(
    'IF(MONTH(t.S) * DAYOFMONTH(t.S) > 0, t.S, NULL) < v_cut_off',
  );
});

test('a cut-off in seconds keeps its microseconds, which a quotient would not', () => {
  expect(expressions.epoch('v_c', 'seconds')).toBe("TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_c) * 0.000001");
});
