import { expect, test } from 'vitest';
import { loadProfile } from '../../../src/dialects/profiles.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { tokens } from '../../../src/policies/tokens.js';
import { renderPlan } from '../../../src/render/render-plan.js';

const mssql = findDialect('mssql');

function textOf(): string {
  const choices = { prefix: 'cleanup_', backup: 'deleted-rows' } as const;
  const { plan } = makePlan(tokens, loadProfile('identity-5.14', mssql), mssql, choices);
  if (plan === undefined) throw new Error('no plan');
  return renderPlan(plan, mssql, {}).install.find(({ file }) => file.startsWith('30-'))?.text ?? '';
}

/** How SQL Server locks the rows of a table that go with a batch. */
function locksOf(table: string): readonly string[] {
  const found = textOf().matchAll(new RegExp(`JOIN dbo\\.${table} AS c WITH \\(([^)]*)\\)`, 'g'));
  return [...new Set([...found].map(([, locks = '']) => locks))];
}

test.each([
  [
    'an index leads to, and that cascade: the gaps between them as well',
    'IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
    ['HOLDLOCK, ROWLOCK'],
  ],
  ['no index leads to, and that cascade: the whole table', 'IDN_OIDC_REQ_OBJECT_CLAIMS', ['TABLOCKX', 'ROWLOCK']],
  ['the server would not take along: the rows alone', 'IDN_OIDC_REQ_OBJECT_REFERENCE', ['UPDLOCK, ROWLOCK', 'ROWLOCK']],
])('locks child rows which %s', (_, table, locks) => {
  expect(locksOf(table)).toEqual(locks);
});

test('no lock on a whole table of which a row keeps its parent, if the server refuses to delete such a parent', () => {
  expect(textOf()).not.toMatch(/IDN_OIDC_REQ_OBJECT_REFERENCE WITH \(TABLOCK/);
  // Such a row is not deleted either, however lately it came to be one.
  const judged = [...textOf().matchAll(/c\.CODE_ID = b\.CODE_ID\s+AND c\.TOKEN_ID IS NULL/g)];
  expect(judged).toHaveLength(2);
});

test('rows are noted from above under locks that last, so that none comes in below them without a copy', () => {
  const noted = [...textOf().matchAll(/INSERT INTO @going_1_\d[^;]*?JOIN (\S+) AS c WITH \(([^)]*)\)/g)];
  expect(noted.map(([, table, lock]) => [table, lock])).toEqual([
    ['dbo.IDN_OIDC_REQ_OBJECT_REFERENCE', 'UPDLOCK, ROWLOCK'],
    ['dbo.IDN_OIDC_REQ_OBJECT_CLAIMS', 'TABLOCKX'],
  ]);
});
