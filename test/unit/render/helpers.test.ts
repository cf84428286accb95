import { describe, expect, test } from 'vitest';
import { dialects } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { policies } from '../../../src/policies/index.js';
import { helperNames } from '../../../src/render/templates.js';
import { makeView } from '../../../src/render/view/make-view.js';
import { completeSchema } from '../../support/data/later-tables.js';

/** Names of all fields, however deep. */
function fieldsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...fieldsOf(inner)]);
}

describe.each(dialects.map((dialect) => [dialect.name, dialect] as const))('on %s', (name, dialect) => {
  test('no field of a view has the name of a helper, which would be called in its place', () => {
    const fields = policies.flatMap((policy) => {
      const { plan } = makePlan(policy, completeSchema(name), dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
      if (plan === undefined) throw new Error(`no plan for ${policy.name}`);
      return fieldsOf(makeView(plan, dialect, {}));
    });
    expect(helperNames.filter((helper) => fields.includes(helper))).toEqual([]);
    expect(fields).toContain('list');
  });
});
