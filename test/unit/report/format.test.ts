import { expect, test } from 'vitest';
import { between, count, duration, moment, plural } from '../../../src/report/format.js';

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1_234_567.4, '1,234,567'],
])('%d is written %s', (value, text) => expect(count(value)).toBe(text));

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1000, '1.0 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 00 s'],
  [245_000, '4 min 05 s'],
  [3_599_600, '1 h 00 min'],
  [11_220_000, '3 h 07 min'],
])('%d ms are written %s', (value, text) => expect(duration(value)).toBe(text));

test('one row, two rows', () => {
  expect(plural(1, 'row')).toBe('1 row');
  expect(plural(2, 'row')).toBe('2 rows');
});

test('stamps of the log are read as UTC, whatever the zone here', () => {
  expect(between('2026-03-29T00:59:59.900Z', '2026-03-29T03:00:00Z')).toBe(7_200_100);
  expect(moment('2026-03-29T00:59:59.900Z')).toBe('2026-03-29 00:59:59');
  expect(moment(undefined)).toBe('');
});
