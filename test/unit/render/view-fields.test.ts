import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dialects } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { policies } from '../../../src/policies/index.js';
import { makeView } from '../../../src/render/view/make-view.js';
import { completeSchema } from '../../support/data/later-tables.js';

const folder = new URL('../../../templates/', import.meta.url);

const said = new Set(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.hbs'))
    .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').match(/\{\{[^}]*\}\}/g) ?? [])
    .flatMap((text) => text.match(/[A-Za-z_]\w*/g) ?? []),
);

/** Names of all fields of a view, at any depth; `defaults` has a field for each setting, said or not. */
const fieldsOf = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'defaults' ? [name] : [name, ...fieldsOf(inner)]));
};

test('every field of a view is said by some template', () => {
  const fields = new Set(
    dialects.flatMap((dialect) =>
      (['deleted-rows', 'none'] as const).flatMap((backup) =>
        policies.flatMap((policy) => {
          const schema = completeSchema(dialect.name);
          const { plan } = makePlan(policy, schema, dialect, { prefix: 'cleanup_', backup });
          if (plan === undefined) throw new Error(`no plan for ${policy.name}`);
          return fieldsOf(makeView(plan, dialect, {}));
        }),
      ),
    ),
  );
  expect([...fields].filter((name) => !said.has(name)).sort()).toEqual([]);
});
