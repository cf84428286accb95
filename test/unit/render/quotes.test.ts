import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import { madeUpNotes } from '../../support/made-up/policy.js';
import { madeUpSchema } from '../../support/made-up/schema.js';

const templates = new URL('../../../templates/', import.meta.url);
const files = readdirSync(templates, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sql.hbs'));

/** Values that a template writes between quotes of its own: `literal` quotes a value as the dialect needs it. */
function valuesBetweenQuotes(template: string): readonly string[] {
  const values: string[] = [];
  let quoted = false;
  // Comments may hold apostrophes, and so may what stands between q'{ and }' of Oracle.
  const code = template.replace(/--.*$/gm, '').replace(/q'\{[\s\S]*?\}'/g, '');
  for (const [part] of code.matchAll(/\{\{[\s\S]*?\}\}|'/g)) {
    if (part === "'") quoted = !quoted;
    else if (quoted) values.push(part);
  }
  return values;
}

test('the search for values between quotes finds them', () => {
  expect(valuesBetweenQuotes("COMMENT 'Deletes {{title}}'")).toEqual(['{{title}}']);
  expect(valuesBetweenQuotes("'yes', {{literal name}}, 'no' -- it's {{fine}}\n")).toEqual([]);
  expect(valuesBetweenQuotes("EXECUTE 'CREATE\n  TABLE {{name}}'")).toEqual(['{{name}}']);
});

test.each(files)('%s writes no value between quotes of its own', (file) => {
  expect(valuesBetweenQuotes(readFileSync(new URL(file, templates), 'utf8'))).toEqual([]);
});

describe.each(['mysql', 'postgresql', 'mssql', 'oracle'])('on %s', (name) => {
  test('an apostrophe in a title is doubled wherever it is quoted', () => {
    const dialect = findDialect(name);
    const policy = { ...madeUpNotes, title: "notes of the writer's own" };
    const { plan } = makePlan(policy, madeUpSchema(name), dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
    if (plan === undefined) throw new Error('no plan');
    for (const { file, text } of renderPlan(plan, dialect, {}).install) {
      const code = text.replace(/--.*$/gm, '');
      expect([file, (code.split("'").length - 1) % 2]).toEqual([file, 0]);
      expect(code).not.toContain("writer's");
    }
  });
});
