import { expect, test } from 'vitest';
import { loadProfile } from '../../../src/dialects/profiles.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { tokens } from '../../../src/policies/tokens.js';
import { renderPlan } from '../../../src/render/render-plan.js';

const mssql = findDialect('mssql');

/** How SQL Server locks the rows of a table that go with a batch. */
function locksOf(table: string): readonly string[] {
  const choices = { prefix: 'cleanup_', backup: 'deleted-rows' } as const;
  const { plan } = makePlan(tokens, loadProfile('identity-5.14', mssql), mssql, choices);
  if (plan === undefined) throw new Error('no plan');
  const text = renderPlan(plan, mssql, {}).install.find(({ file }) => file.startsWith('30-'))?.text ?? '';
  const found = text.matchAll(new RegExp(`JOIN dbo\\.${table} AS c WITH \\(([^)]*)\\)`, 'g'));
  return [...new Set([...found].map(([, locks = '']) => locks))];
}

test.each([
  ['an index leads to: the gaps between them as well', 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', ['HOLDLOCK, ROWLOCK']],
  ['no index leads to, and that cascade: the whole table', 'IDN_OIDC_REQ_OBJECT_CLAIMS', ['TABLOCKX']],
  [
    'an index leads to from one parent alone, and that do not cascade: the rows',
    'IDN_OIDC_REQ_OBJECT_REFERENCE',
    ['HOLDLOCK, ROWLOCK', 'ROWLOCK'],
  ],
])('locks child rows which %s', (_, table, locks) => {
  expect(locksOf(table)).toEqual(locks);
});
