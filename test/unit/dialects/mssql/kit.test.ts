import { expect, test } from 'vitest';
import { findDialect } from '../../../../src/dialects/registry.js';
import { makePlan } from '../../../../src/plan/make-plan.js';
import { policies } from '../../../../src/policies/index.js';
import { statementsOf } from '../../../../src/render/artifact.js';
import { renderPlan } from '../../../../src/render/render-plan.js';
import { completeSchema } from '../../../support/data/later-tables.js';

const mssql = findDialect('mssql');

const rendered = policies.map((policy) => {
  const { plan } = makePlan(policy, completeSchema('mssql'), mssql, { prefix: 'cleanup_', backup: 'deleted-rows' });
  if (plan === undefined) throw new Error(`no plan for ${policy.name}`);
  return renderPlan(plan, mssql, {});
});

const statements: ReadonlyMap<string, string> = new Map(
  rendered
    .flatMap(({ install }) => install)
    .flatMap((artifact) => statementsOf(artifact, mssql.script))
    .map(({ kind, name, sql }) => [`${kind} ${name}`, sql.replace(/--.*$/gm, '')] as const),
);

const textOf = (name: string): string => {
  const text = statements.get(name);
  if (text === undefined) throw new Error(`there is no statement ${name}`);
  return text;
};

/** First columns of the key of deepclean's own tables: what a statement must name to touch its own rows alone. */
const leadOf = (table: string): string => /PRIMARY KEY \((\w+)/.exec(textOf(`table ${table}`))?.[1] ?? '';

/** What runs inside of a batch's transaction, in which rows of the log stay locked until it is committed. */
const insideOfBatches = [...statements.keys()].filter((name) =>
  /^procedure (CLEANUP_(OPEN|COPIED|DONE)|cleanup_\w+_batch)$/.test(name),
);

test.each([
  'CLEANUP_LOCK',
  'CLEANUP_RUN',
  'CLEANUP_RUN_STEP',
  'CLEANUP_RUN_REASON',
  'CLEANUP_POSITION',
  'CLEANUP_FACT',
])('a batch finds its rows of %s by the key, and waits for no other run', (table) => {
  expect(insideOfBatches.length).toBeGreaterThan(4);
  const lead = leadOf(table);
  const unled = insideOfBatches.flatMap((name) =>
    textOf(name)
      .split(';')
      .filter((one) => new RegExp(`(FROM|JOIN|UPDATE) dbo\\.${table}\\b`).test(one))
      .filter((one) => !new RegExp(`\\b${lead} = (@|l\\.)`).test(one))
      .map((one) => `${name}: ${one.trim()}`),
  );
  expect(unled).toEqual([]);
});

test('how long copies are kept is read as it is committed; while it is being changed, none is pruned', () => {
  const prune = textOf('procedure CLEANUP_PRUNE');
  const read = prune.split(';').find((one) => one.includes('backup_retention_days'));
  expect(read).toContain('WITH (READCOMMITTEDLOCK)');
  expect(prune).not.toContain('NOLOCK');
});

test('whether a run is dry is never a value that may be taken back', () => {
  const begin = textOf('procedure CLEANUP_BEGIN');
  expect(begin).toMatch(
    /WITH \(READPAST, READCOMMITTEDLOCK\)\s+WHERE [^)]*'dry_run' AND \w+\.VALUE = 'no'\)\s+THEN 'no'/,
  );
});

test('a caller needs no right on a table of the product: what its procedures do to tables of their owner is the owner’s', () => {
  const header =
    rendered
      .flatMap(({ install }) => install)
      .find(({ file }) => file === '30-cleanup_tokens.sql')
      ?.text.split('-- @statement')[0] ?? '';
  const needs = header.split('-- The caller needs')[1] ?? '';
  expect(needs).toContain('EXECUTE on dbo.cleanup_tokens');
  expect(needs).toContain('VIEW DEFINITION on the database');
  expect(needs.replace(/CLEANUP_BAK_\w+/g, '')).not.toMatch(/IDN_|INSERT|UPDATE/);
});

test('the register takes a routine only if the server keeps the text that this file has of it', () => {
  const files = rendered.flatMap(({ install }) => install);
  expect(files[0]?.text).toContain('CHARINDEX(@mark, m.definition) > 0');
  const texts = files.filter(({ file }) => /^(15|30|40)-/.test(file));
  for (const { text } of texts) {
    const made = text.match(/^CREATE OR ALTER PROCEDURE /gm) ?? [];
    const marks = [...text.matchAll(/^ {2}-- .* Text ([0-9a-f]{16})\.$/gm)].map(([, mark]) => mark);
    expect(new Set(marks).size).toBe(made.length);
    const register = text.slice(text.indexOf('-- @statement register'));
    for (const mark of marks) expect(register).toContain(`, '${mark}';`);
  }
});
