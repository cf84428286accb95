import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { policies } from '../../src/policies/index.js';
import { describeRule } from '../../src/policy/describe.js';
import type { Step } from '../../src/policy/types.js';
import { cleanupTable, withCleanupTable } from '../../src/report/cleanup-table.js';

const page = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

test('README.md lists every cleanup; if not, run `make generate`', () => {
  expect(page('README.md')).toContain(cleanupTable(policies));
  expect(withCleanupTable(page('README.md'), policies)).toBe(page('README.md'));
});

/** A row to begin with: the reasons and the guard, as the header of the SQL has them. */
const rowFor = ({ table, reasons, guard }: Step): string => {
  const only = guard === undefined ? '' : `; and only if ${describeRule(guard, table)}`;
  return `| \`${table}\` | ${reasons.map(({ meaning }) => meaning).join('; or ')}${only} |`;
};

describe.each(policies.map((policy) => [policy.name, policy] as const))('docs/dba.md says of %s', (_, { steps }) => {
  const rows = page('docs/dba.md')
    .split('\n')
    .filter((line) => line.startsWith('| `') || line.startsWith('| |'));

  test('when rows of each of its tables are dead; paste what is missing into its table', () => {
    const missing = steps.filter(({ table }) => !rows.some((row) => row.split('|')[1]?.includes(`\`${table}\``)));
    expect(missing.map(rowFor)).toEqual([]);
  });

  test('which of its tables are cleaned only on request', () => {
    const optIn = steps.flatMap(({ enabledBy }) => enabledBy ?? []);
    expect(optIn.filter((name) => !rows.some((row) => row.includes(`\`${name}\``)))).toEqual([]);
  });
});
