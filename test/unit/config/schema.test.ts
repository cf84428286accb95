import { describe, expect, test } from 'vitest';
import { checkEntry } from '../../../src/config/check-entry.js';
import { configSchema } from '../../../src/config/schema.js';
import { dialects, findDialect } from '../../../src/dialects/registry.js';
import { policies as allPolicies } from '../../../src/policies/index.js';
import { tunables } from '../../../src/policy/tunables.js';

const accepts = (name: string, value: unknown) =>
  'value' in checkEntry({ path: name.split('.'), value, origin: 'test' });

test('an empty configuration has a default for everything but what is optional', () => {
  const { settings, policies, ...config } = configSchema.parse({});
  expect(config).toEqual({
    prefix: 'cleanup_',
    backup: 'deleted-rows',
    foreignTables: [],
    procedures: Object.fromEntries(allPolicies.map(({ name }) => [name, {}])),
    schedule: {},
  });
  // How large a batch may be hangs on the dialect.
  const defaults = tunables.filter(({ name }) => name !== 'batch_rows_maximum');
  expect(settings).toEqual(Object.fromEntries(defaults.map((tunable) => [tunable.name, tunable.default])));
  expect(policies.tokens).toMatchObject({ safe_period_minutes: 120, audit_pruning: 'no' });
});

test('how large a batch may be says what it is where it is not given, as the dialects have it', () => {
  const usual = tunables.find(({ name }) => name === 'batch_rows_maximum')?.default;
  const { largestBatchRows } = findDialect('mssql').capabilities;
  expect(configSchema.shape.settings.unwrap().shape.batch_rows_maximum.description).toMatch(
    new RegExp(`; ${usual} unless given, on SQL Server ${largestBatchRows}$`),
  );
  const others = dialects.filter(({ name }) => name !== 'mssql');
  expect(others.flatMap(({ capabilities }) => capabilities.largestBatchRows ?? [])).toEqual([]);
});

describe('accepted are', () => {
  test.each([
    ['settings.batch_target_ms', 10],
    ['settings.batch_target_ms', 900],
    ['settings.pause_ms', 0],
    ['settings.pause_ms', '60000'],
    ['settings.enabled', false],
    ['settings.window', '22:00-04:00'],
    ['prefix', `a${'b'.repeat(23)}`],
    ['policies.tokens.clock_uncertainty_hours', 0],
    ['policies.tokens.clock_uncertainty_hours', 26],
    ['schedule.every', '15m'],
    ['schedule.on', 'sunday'],
    ['procedures.tokens.procedure', 'WSO2_TOKEN_CLEANUP_SP'],
    ['url', 'mariadb://app@db/wso2'],
  ])('%s = %j', (name, value) => expect(accepts(name, value)).toBe(true));
});

describe('refused are', () => {
  test.each([
    ['settings.batch_target_ms', 9],
    ['settings.batch_target_ms', 901],
    ['settings.batch_target_ms', 250.5],
    ['settings.batch_target_ms', null],
    ['settings.pause_ms', ''],
    ['settings.enabled', 'maybe'],
    ['settings.window', '22:00'],
    ['settings.window', '24:00-04:00'],
    ['prefix', `a${'b'.repeat(24)}`],
    ['prefix', '1a'],
    ['prefix', "a'b"],
    ['policies.tokens.clock_uncertainty_hours', 27],
    ['policies.sessions.clock_uncertainty_hours', 12],
    ['settings.clock', 'utc'],
    ['timeZone', '+05:30'],
    ['schedule.every', '0d'],
    ['schedule.every', 'daily'],
    ['schedule.at', '1:00'],
    ['schedule.on', 'someday'],
    ['procedures.tokens.procedure', 'a b'],
    ['procedures.tokens.procedure', 'a'.repeat(65)],
    ['policies.tokens.safe_period_minutes', 0],
    ['policies.tokens.audit_pruning', 'sometimes'],
    ['backup', 'everything'],
    ['url', 'db.example.org'],
  ])('%s = %j', (name, value) => expect(accepts(name, value)).toBe(false));
});
