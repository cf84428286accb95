import { expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { jti } from '../../../src/policies/jti.js';
import { statementsOf } from '../../../src/render/artifact.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import { completeSchema } from '../../support/data/later-tables.js';

// Two collations in one text are an error only on the vendor's own server, if that text is sorted or compared.
test('on SQL Server every name in the check of the schema has the same collation', () => {
  const dialect = findDialect('mssql');
  const { plan } = makePlan(jti, completeSchema('mssql'), dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
  const kit = plan && renderPlan(plan, dialect, {}).install.find(({ file }) => file === '15-kit.sql');
  const misfit =
    (kit ? statementsOf(kit, dialect.script) : []).find(({ name }) => name === 'CLEANUP_MISFIT')?.sql ?? '';
  const columns = [...misfit.matchAll(/^ +(?:\w+ )?(?:NAME|BACKUP_NAME|CHILD|WORDS) NVARCHAR\(\d+\)(.*)$/gm)];
  expect(columns).toHaveLength(4);
  for (const [, rest] of columns) expect(rest).toMatch(/^ COLLATE Latin1_General_CI_AS/);
  const texts = misfit.slice(misfit.indexOf('FROM (\n    SELECT CONCAT('));
  const names = [...texts.matchAll(/CONCAT\(.*\b[aygb]\.name\b(.*)/g)];
  expect(names).toHaveLength(4);
  for (const [, rest] of names) expect(rest).toMatch(/^ COLLATE Latin1_General_CI_AS/);
});
