import { expect, test } from 'vitest';
import { about, between, bytes, count, dayInWords, duration, moment, plural } from '../../../src/report/format.js';

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

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [999.6, '1 KB'],
  [1000, '1 KB'],
  [12_345, '12.3 KB'],
  [99_960, '100 KB'],
  [999_600, '1 MB'],
  [1_499_000_000, '1.5 GB'],
  [2e18, '2000 PB'],
])('%d bytes are written %s', (value, text) => expect(bytes(value)).toBe(text));

test.each([
  [0, '0'],
  [0.04, '0'],
  [3.14, '3.1'],
  [12_345, '12,000'],
  [994_999, '990,000'],
  [999_500, '1 million'],
  [1_234_567, '1.2 million'],
  [12_345_678, '12 million'],
])('%d is about %s', (value, text) => expect(about(value)).toBe(text));

test('a day in words', () => {
  expect(dayInWords('2027-03-09T23:59:59Z')).toBe('9 March 2027');
  expect(dayInWords('2026-12-31')).toBe('31 December 2026');
});

test('one row, two rows', () => {
  expect(plural(1, 'row')).toBe('1 row');
  expect(plural(2, 'row')).toBe('2 rows');
});

test('stamps of the log are read as UTC, whatever the zone here', () => {
  expect(between('2026-03-29T00:59:59.900Z', '2026-03-29T03:00:00Z')).toBe(7_200_100);
  expect(moment('2026-03-29T00:59:59.900Z')).toBe('2026-03-29 00:59:59');
  expect(moment(undefined)).toBe('');
});
