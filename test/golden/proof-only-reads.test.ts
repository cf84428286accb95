import { describe, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { policies } from '../../src/policies/index.js';
import { statementsOf } from '../../src/render/artifact.js';
import { renderPlan } from '../../src/render/render-plan.js';
import { completeSchema } from '../support/data/later-tables.js';

/** What is proven of a cleanup's text leaves out the proof that it calls at its end: that changes nothing but its own table. */
describe.each(['mssql', 'mysql', 'oracle', 'postgresql'])('%s', (name) => {
  const dialect = findDialect(name);
  const plans = policies.flatMap(
    (policy) =>
      makePlan(policy, completeSchema(name), dialect, { prefix: 'cleanup_', backup: 'deleted-rows' }).plan ?? [],
  );

  test.each(plans.map((plan) => [plan.names.proof, plan] as const))('%s reads copies and the log', (proof, plan) => {
    const file = renderPlan(plan, dialect, {}).install.find(({ file: one }) => one === `25-${proof}.sql`);
    if (file === undefined) throw new Error('no proof');
    const made = statementsOf(file, dialect.script).filter(({ sql }) => sql.startsWith('CREATE '));
    expect(made.map((statement) => statement.name)).toEqual([proof]);
    const text = (made[0]?.sql ?? '').replace(/--.*$/gm, '').replace(/'[^'\n]*'/g, "''");

    expect(
      text.match(/\b(DELETE|UPDATE|MERGE|TRUNCATE|EXECUTE|EXEC|CALL|DROP|ALTER TABLE|FOR UPDATE|COMMIT)\b/gi),
    ).toBeNull();
    const tables = (pattern: RegExp) =>
      [...text.matchAll(pattern)].map(([, table = '']) => table.replace(/^\w+\./, '').toLowerCase());
    const written = tables(/\bINSERT INTO ([\w.]+)/gi);
    expect(new Set(written)).toEqual(new Set([plan.names.runProof.toLowerCase()]));
    expect(written).toHaveLength(plan.backups.length);
    const read = tables(/\b(?<!epoch )(?:FROM|JOIN) ([\w.]+)/gi);
    const allowed = [plan.names.runStep, ...plan.backups.map((backup) => backup.name)].map((one) => one.toLowerCase());
    expect(new Set(read)).toEqual(new Set(allowed));
  });

  test.each(['audit', 'none'] as const)('there is none with backup %s', (backup) => {
    for (const policy of policies) {
      const { plan } = makePlan(policy, completeSchema(name), dialect, { prefix: 'cleanup_', backup });
      if (plan === undefined) continue;
      const { install } = renderPlan(plan, dialect, {});
      expect(install.filter(({ file, text }) => file.startsWith('25-') || text.includes(plan.names.proof))).toEqual([]);
    }
  });
});
