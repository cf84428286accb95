import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { runCommandLine } from '../../src/cli/run-command-line.js';
import { jsonSchema } from '../../src/config/json-schema.js';
import { configSchema } from '../../src/config/schema.js';
import * as build from '../../src/policy/build.js';
import type { Policy } from '../../src/policy/types.js';
import { toInspectionFile } from '../../src/schema/inspection.js';
import { twelveHoursWest } from '../support/data/writers.js';
import { madeUpNotes } from '../support/made-up/policy.js';
import { scenario } from '../support/made-up/scenario.js';
import { madeUpSchema } from '../support/made-up/schema.js';
import { deadByPolicy } from '../support/scenario/by-policy.js';
import { describeScenarios } from '../support/scenario/describe-scenarios.js';
import { unlimited } from '../support/scenario/random-start.js';
import { modelOf, writtenStart } from '../support/scenario/start.js';

// The one line that a new cleanup needs in src/policies/index.ts.
vi.mock('../../src/policies/index.js', async (original) => {
  const { policies } = await original<{ policies: readonly Policy[] }>();
  return { policies: [...policies, (await import('../support/made-up/policy.js')).madeUpNotes] };
});
// Its scenario, as it would be found in test/scenarios, and a product that has its tables.
vi.mock('../support/scenario/all.js', async () => ({
  scenarios: [(await import('../support/made-up/scenario.js')).scenario],
}));
vi.mock('../support/data/later-tables.js', async () => ({
  completeSchema: (await import('../support/made-up/schema.js')).madeUpSchema,
}));

const textOf = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

describe('docs/new-cleanup.md', () => {
  const page = textOf('docs/new-cleanup.md');

  test('shows the policy as it is', () => {
    const policy = textOf('test/support/made-up/policy.ts').replaceAll('../../../src/', '../');
    expect(page).toContain(`\`\`\`ts\n${policy}\`\`\``);
  });

  test('tells of every rule', () => {
    const rules = Object.keys(build).filter((name) => name !== 'on');
    expect(rules.filter((rule) => !new RegExp(`^\\|.*\`${rule}[(\`]`, 'm').test(page))).toEqual([]);
  });
});

describe('with its line in the index', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deepclean-made-up-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('the configuration knows its names and its parameter, with default and bounds', () => {
    const at = (note_grace_hours: number) => ({ policies: { made_up_notes: { note_grace_hours } } });
    expect(configSchema.parse({}).policies.made_up_notes).toEqual({ note_grace_hours: 48 });
    expect(configSchema.parse(at(24)).policies.made_up_notes).toEqual({ note_grace_hours: 24 });
    expect(configSchema.safeParse(at(23)).success).toBe(false);
    expect(configSchema.safeParse({ procedures: { made_up_notes: { procedure: 'NOTES_SP' } } }).success).toBe(true);
  });

  test('the schema file for editors describes it', () => {
    const parameter = { type: 'integer', default: 48, minimum: 24, maximum: 8760 };
    const properties = { made_up_notes: { properties: { note_grace_hours: parameter } } };
    expect(jsonSchema()).toMatchObject({ properties: { policies: { properties } } });
  });

  test.each(['postgresql', 'mariadb', 'mysql', 'mssql'])('the command line generates it for %s', async (dialect) => {
    const inspection = join(folder, `${dialect}.json`);
    const out = join(folder, 'generated');
    writeFileSync(inspection, toInspectionFile(madeUpSchema(dialect)));
    const said = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockReturnValue(true));
    const args = ['generate', '--policy', 'made_up_notes', '--inspection', inspection, '--out', out];
    const exitCode = await runCommandLine([...args, '--set', 'note_grace_hours=72'], {});
    for (const spy of said) spy.mockRestore();
    expect(exitCode).toBe(0);
    expect(readdirSync(join(out, dialect)).sort()).toEqual([
      '10-support-tables.sql',
      '15-kit.sql',
      '20-made_up_notes-tables.sql',
      '25-cleanup_made_up_notes_proof.sql',
      '30-cleanup_made_up_notes.sql',
      '40-restore_made_up_notes.sql',
      '50-made_up_notes-backlog.sql',
      '80-made_up_notes-verify.sql',
      '80-verify.sql',
      '90-made_up_notes-uninstall.sql',
      '99-uninstall.sql',
    ]);
    expect(readFileSync(join(out, dialect, '20-made_up_notes-tables.sql'), 'utf8')).toContain(
      "'note_grace_hours', '72'",
    );
  });
});

test('the policy as data finds in random databases what the model finds, by every reason', () => {
  const utcNow = BigInt(Date.UTC(2026, 10, 23, 15, 10)) * 1000n;
  const clocks = { utcNow };
  const reached = new Set<string>();
  fc.assert(
    fc.property(scenario.random, (make) => {
      const made = make(clocks, unlimited);
      const settings = { clock_uncertainty_hours: 26, ...made.settings };
      const start = writtenStart({ ...made, settings }, madeUpSchema('mysql'), () => twelveHoursWest);
      const { dead } = modelOf(scenario, start, clocks, madeUpSchema('mysql'));
      expect(deadByPolicy(madeUpNotes, start, clocks, madeUpSchema('mysql'))).toEqual(dead);
      for (const reason of Object.keys(dead.MADE_UP_NOTE ?? {})) reached.add(reason);
    }),
    { numRuns: 100, seed: 7 },
  );
  expect([...reached].sort()).toEqual(['closed', 'expired']);
});

// The proof of a new cleanup, as every other has it: nothing is written for it but its own two files.
for (const engine of ['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'] as const) describeScenarios(engine);
