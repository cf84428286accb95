import { describe, expect, test } from 'vitest';
import { dialects, findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { policies } from '../../../src/policies/index.js';
import { whyReserved } from '../../../src/policy/reserved-names.js';
import { deliver } from '../../../src/render/deliverable.js';
import { completeSchema } from '../../support/data/later-tables.js';

/** Every file of every cleanup that a dialect has, made from a schema with all tables of all versions. */
const filesFor = (name: string) => {
  const dialect = findDialect(name);
  return (['deleted-rows', 'none'] as const).flatMap((backup) =>
    policies.flatMap((policy) => {
      const { plan } = makePlan(policy, completeSchema(name), dialect, { prefix: 'cleanup_', backup });
      if (plan === undefined) throw new Error(`no plan for ${policy.name}`);
      const { files, verify, uninstall } = deliver(plan, dialect, {});
      return [...files, verify, uninstall].map(({ file, text }) => ({ file, text, policy, backup }));
    }),
  );
};

describe.each(dialects.map(({ name }) => name))('the SQL for %s', (name) => {
  const files = filesFor(name);
  const prefix = findDialect(name).expressions.variable('');
  const lines = files.flatMap(({ file, text, backup }) =>
    text
      .split('\n')
      .map((line, at, all) => ({ line, before: all[at - 1] ?? '', where: `${file}:${at + 1} (${backup})` })),
  );
  const found = (isWrong: (line: string, before: string) => boolean) =>
    lines.filter(({ line, before }) => isWrong(line, before)).map(({ where, line }) => `${where} ${line}`);

  test('has no semicolon alone on its line', () => {
    expect(found((line) => /^\s*;\s*$/.test(line))).toEqual([]);
  });

  test('has no empty line within a list or after a word that goes on', () => {
    expect(
      found((line, before) => line === '' && /(,|\(|\b(INTO|FROM|WHERE|AND|OR|SET|SELECT|VALUES|BY))$/.test(before)),
    ).toEqual([]);
  });

  test('has no line wider than the margin, but for a text in quotes that is as long', () => {
    expect(found((line) => line.length > 120 && !/'[^']{70,}'/.test(line))).toEqual([]);
  });

  test('has a header without a line twice, and none wider than the margin', () => {
    for (const { file, text } of files.filter((one) => one.file.startsWith('30-'))) {
      const header = text.split('\n\n')[0]?.split('\n') ?? [];
      const tables = header.filter((line) => / when$/.test(line));
      expect([file, tables]).toEqual([file, [...new Set(tables)]]);
      expect([file, header.filter((line) => line.length > 120)]).toEqual([file, []]);
      expect(header.every((line) => line.startsWith('--'))).toBe(true);
    }
  });

  test('declares no variable for itself whose name a parameter or cut-off of a policy could have', () => {
    for (const { file, text, policy } of files.filter((one) => one.file.startsWith('30-'))) {
      const own = new Set([...policy.parameters, ...policy.cutOffs].map((one) => one.name));
      const variables = [...text.matchAll(new RegExp(`(?<![@\\w])${prefix}([a-z][a-z0-9_]*)`, 'g'))].map(
        ([, variable = '']) => variable,
      );
      const free = [...new Set(variables)].filter(
        (variable) =>
          variable.includes('_') && !own.has(variable.replace(/(cut_off)_(ms|ns|s)$/, '$1')) && !whyReserved(variable),
      );
      // A name that is found here belongs into src/policy/reserved-names.ts.
      expect([file, free]).toEqual([file, []]);
    }
  });
});
