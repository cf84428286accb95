import { describe, expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { explain } from '../../../src/plan/explain.js';
import { growthOf } from '../../../src/plan/growth.js';
import { policies } from '../../../src/policies/index.js';
import { growthSections } from '../../../src/report/growth-sections.js';
import { reportExplanation } from '../../../src/report/report-explanation.js';
import { completeSchema } from '../../support/data/later-tables.js';

const schema = completeSchema('postgresql');
const dialect = findDialect('postgresql');
const explanations = policies.map((policy) =>
  explain(policy, schema, dialect, { prefix: 'cleanup_', backup: 'deleted-rows' }),
);
const growth = (...sizes: Parameters<typeof growthOf>[0]) => growthOf(sizes, explanations);
const cleaningOf = (table: string) => growth({ table })[0]?.cleaning;

describe('who cleans a table', () => {
  test.each([
    ['idn_oauth2_access_token', 'cleanup_tokens'],
    ['IDN_OAUTH2_ACCESS_TOKEN', 'cleanup_tokens'],
    ['idn_oauth2_access_token_scope', 'cleanup_tokens, with idn_oauth2_access_token'],
    ['idn_oauth2_access_token_audit', 'cleanup_tokens, if audit_pruning is yes'],
    ['am_app_revoked_event', 'cleanup_revocations, if am_event_pruning is yes'],
    // It goes with its session, and on request as an orphan.
    ['idn_auth_user_session_mapping', 'cleanup_sessions, with idn_auth_session_store'],
    ['am_workflows', 'kept'],
    ['am_usage_uploaded_files', 'cleaned by the product'],
    ['idn_oauth_consumer_apps', 'bounded'],
    ['am_something_new', 'not known'],
  ])('%s: %s', (table, cleaning) => {
    expect(cleaningOf(table)).toBe(cleaning);
  });

  test('a table that a cleanup leaves out in this schema, and why', () => {
    const tables = schema.tables.filter(({ name }) => name.toUpperCase() !== 'IDN_OAUTH_CONSUMER_APPS');
    const here = policies.map((policy) =>
      explain(policy, { ...schema, tables }, dialect, { prefix: 'cleanup_', backup: 'deleted-rows' }),
    );
    expect(growthOf([{ table: 'idn_subject_entity_revoked_event' }], here)).toEqual([
      expect.objectContaining({
        cleaning: 'left out',
        verdict: expect.stringMatching(/^cleanup_revocations leaves it out: .*IDN_OAUTH_CONSUMER_APPS/),
      }),
    ]);
  });
});

test('a table whose cleanup is refused in this schema, and why', () => {
  const retyped = schema.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) =>
      column.name.toUpperCase() === 'EXP_TIME' ? { ...column, type: 'text', family: 'text' as const } : column,
    ),
  }));
  const here = policies.map((policy) =>
    explain(policy, { ...schema, tables: retyped }, dialect, { prefix: 'cleanup_', backup: 'deleted-rows' }),
  );
  expect(growthOf([{ table: 'idn_oidc_jti' }], here)).toEqual([
    expect.objectContaining({
      cleaning: 'refused',
      verdict: expect.stringMatching(/^cleanup_jti is refused here: idn_oidc_jti\.exp_time is of type text/),
    }),
  ]);
});

test('tables stand by size, with their share, and those of unknown size last', () => {
  expect(
    growth(
      { table: 'am_workflows', rows: 10, bytes: 1_000 },
      { table: 'idn_oidc_jti' },
      { table: 'idn_oauth2_access_token', rows: 5_000, bytes: 3_000 },
    ).map(({ table, rows, bytes, share }) => [table, rows, bytes, share]),
  ).toEqual([
    ['idn_oauth2_access_token', 5_000, 3_000, 75],
    ['am_workflows', 10, 1_000, 25],
    ['idn_oidc_jti', undefined, undefined, undefined],
  ]);
});

test('says of each large table what to run or switch, or why nothing helps, and of no small one', () => {
  const sections = growthSections(
    growth(
      { table: 'idn_oauth2_access_token', bytes: 50 },
      { table: 'idn_oauth2_access_token_audit', bytes: 30 },
      { table: 'am_workflows', bytes: 10 },
      { table: 'idn_oauth2_access_token_scope', bytes: 9 },
      { table: 'am_revoked_jwt', bytes: 1 },
      { table: 'am_app_revoked_event', bytes: 0 },
    ),
  );
  const lines = sections.find(({ title }) => title === 'What to do')?.lines ?? [];
  expect(lines).toEqual([
    'idn_oauth2_access_token: `deepclean backlog cleanup_tokens` counts its dead rows, `deepclean run cleanup_tokens` deletes them.',
    expect.stringContaining('The product itself removes a token'),
    'idn_oauth2_access_token_audit: `deepclean backlog cleanup_tokens` counts its dead rows, `deepclean run cleanup_tokens` deletes them, after `deepclean settings --cleanup cleanup_tokens audit_pruning=yes`.',
    expect.stringContaining('only adds to it'),
    expect.stringMatching(/^am_workflows: A row for each request/),
    'idn_oauth2_access_token_scope: its rows go with those of idn_oauth2_access_token.',
    expect.stringContaining('deepclean regular-cleaning check'),
    expect.stringContaining('enable_revoke_token_cleanup'),
    expect.stringContaining('am_event_pruning'),
  ]);
});

test('a database whose sizes nobody knows gets no made-up figures', () => {
  const [sizes, advice] = growthSections(growth({ table: 'idn_oidc_jti' }));
  expect(sizes?.table?.rows).toEqual([['idn_oidc_jti', '', '', '', 'cleanup_jti']]);
  expect(advice?.lines).toEqual(['Of no table the size is known, or none is large.']);
});

test('what the server does not say is told, and the rest all the same', () => {
  const why = 'The server does not say how large the tables are: permission denied';
  const { sections, json } = reportExplanation(schema, explanations, why);
  expect(sections.at(-1)).toEqual({ title: 'Tables by size', lines: [why] });
  expect(json).toMatchObject({ whyNoSizes: why, cleanups: explanations });
  expect(reportExplanation(schema, explanations).sections.map(({ title }) => title)).not.toContain('Tables by size');
});
