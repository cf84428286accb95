import { expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { jti } from '../../../src/policies/jti.js';
import { statementsOf } from '../../../src/render/artifact.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import { completeSchema } from '../../support/data/later-tables.js';

/** What a batch, of a run or of a restore, calls waits as long as the batch does, which has a limit; so has what looks. */
const insideBatch = [
  ...['CLEANUP_OPEN', 'CLEANUP_COPIED', 'CLEANUP_DONE', 'CLEANUP_SHAPE', 'CLEANUP_CHECK_KEPT'],
  'CLEANUP_LOOK',
];

test('on SQL Server every procedure of the kit that is called outside of a batch limits its waits', () => {
  const dialect = findDialect('mssql');
  const { plan } = makePlan(jti, completeSchema('mssql'), dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
  const kit = plan && renderPlan(plan, dialect, {}).install.find(({ file }) => file === '15-kit.sql');
  const procedures = (kit ? statementsOf(kit, dialect.script) : []).filter(({ kind }) => kind === 'procedure');
  const unlimited = procedures.filter(({ sql }) => !/SET LOCK_TIMEOUT \d+;/.test(sql)).map(({ name }) => name);
  expect(procedures.length).toBeGreaterThan(insideBatch.length);
  expect(unlimited.sort()).toEqual(insideBatch.sort());
});
