import { expect, test } from 'vitest';
import { Latencies, quantilesOf } from '../../bench/traffic/latencies.js';
import { statementFor } from '../../bench/traffic/product.js';
import { nameOf, readSetting } from '../../bench/traffic/setting.js';
import { table } from '../../bench/traffic/table.js';

test('a quantile is a value that was measured', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(quantilesOf(hundred)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
  expect(quantilesOf([3])).toEqual({ count: 1, p50: 3, p95: 3, p99: 3, max: 3 });
});

test('latencies are kept by kind, and together', () => {
  const latencies = new Latencies();
  latencies.add('commit', 2);
  latencies.add('look up', 1);
  const others = new Latencies();
  others.add('commit', 4);
  latencies.addAll(others);
  expect(latencies.kinds).toEqual(['commit', 'look up']);
  expect(latencies.quantiles('commit')).toMatchObject({ count: 2, max: 4 });
  expect(latencies.quantiles()).toMatchObject({ count: 3, p50: 2 });
});

test('a setting is a duty and a target', () => {
  expect(nameOf(readSetting('25x50'))).toBe('25x50');
  expect(() => readSetting('25')).toThrow('25 is no setting');
});

test("the product's statements are said in each driver's words", () => {
  expect(statementFor('mysql', 'move codes')).toContain('TOKEN_ID = ? WHERE TOKEN_ID = ?');
  expect(statementFor('postgresql', 'move codes')).toContain('TOKEN_ID = $1 WHERE TOKEN_ID = $2');
  expect(statementFor('postgresql', 'insert token')).toContain("timezone('UTC', now())");
});

test('a table has its numbers to the right', () => {
  expect(
    table(
      ['setting', 'ms'],
      [
        ['a', 10],
        ['long one', 7],
      ],
    ),
  ).toBe('setting   ms\na         10\nlong one   7');
});
