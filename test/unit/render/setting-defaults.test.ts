import { describe, expect, test } from 'vitest';
import { dialects } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { policies } from '../../../src/policies/index.js';
import { tunables } from '../../../src/policy/tunables.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import { settingDefaults } from '../../../src/render/settings.js';
import { completeSchema } from '../../support/data/later-tables.js';

/** Settings that mean something by being absent: only the opposite word changes what a run does. */
const numbers = tunables.filter(({ kind }) => kind === 'number').map(({ name }) => name);

describe.each(dialects.map((dialect) => [dialect.name, dialect] as const))('on %s', (name, dialect) => {
  const defaults = settingDefaults(dialect);
  const procedures = policies.map((policy) => {
    const { plan } = makePlan(policy, completeSchema(name), dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
    if (plan === undefined) throw new Error(`no plan for ${policy.name}`);
    // What cleanups share stands in the kit.
    const files = renderPlan(plan, dialect, {}).install.filter((one) => /^(15|30)-/.test(one.file));
    const text = files.map((one) => one.text).join('\n');
    return [policy, text.replace(/^\s*--.*$/gm, '')] as const;
  });

  /** What stands instead of a row that is missing, wherever a setting is read. */
  const substitutes = (text: string, setting: string): readonly string[] => {
    const assigned = new RegExp(`NAME = '${setting}' THEN\\s+(v_\\w+) :=`).exec(text)?.[1];
    if (assigned !== undefined) return [new RegExp(`\\b${assigned} := (\\d+);`).exec(text)?.[1] ?? 'nothing'];
    // From the setting's name to the next name: COALESCE(MAX(CASE NAME WHEN 'pause_ms' THEN VALUE END), 0)
    const [, ...reads] = text.replace(/\s+/g, ' ').split(`'${setting}'`);
    return reads.map((read) => {
      const [own = ''] = read.slice(0, 150).split(/'[a-z]+_[a-z_]+'/);
      // On SQL Server NULLIF(…, 0) comes first.
      const [, first, second] = /, '?(\d+)'?\)(?:, '?(\d+)'?\))?/.exec(own) ?? [];
      return second ?? first ?? 'nothing';
    });
  };

  test.each(procedures.map(([policy, text]) => [policy.name, policy, text] as const))(
    'a missing row has its default in cleanup_%s',
    (_, policy, text) => {
      const expected = new Map([
        ...numbers.map((setting) => [setting, defaults[setting]] as const),
        ...policy.parameters.flatMap((one) =>
          one.kind === 'number' ? [[one.name, String(one.default)] as const] : [],
        ),
      ]);
      for (const [setting, value] of expected) {
        if (!text.includes(`'${setting}'`)) continue;
        for (const substitute of substitutes(text, setting)) expect([setting, substitute]).toEqual([setting, value]);
      }
      for (const setting of [
        'batch_target_ms',
        'duty_percent',
        'pause_ms',
        'batch_rows_minimum',
        'batch_rows_maximum',
        'time_budget_seconds',
      ]) {
        expect(text).toContain(`'${setting}'`);
      }
    },
  );
});
