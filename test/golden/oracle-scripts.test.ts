import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { oracle } from '../../src/dialects/oracle/index.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { policies } from '../../src/policies/index.js';
import { type Artifact, statementsOf } from '../../src/render/artifact.js';
import { deliver } from '../../src/render/deliverable.js';
import { parseSchedule } from '../../src/schedule/model.js';
import { renderSchedule } from '../../src/schedule/render-schedule.js';
import type { Schema, Table } from '../../src/schema/types.js';
import { completeSchema } from '../support/data/later-tables.js';
import { colonNames, driverBinds } from '../support/plsql/driver-binds.js';
import { callsOf, fieldsUsed, nameComplaints, type PackageSpec, readSpec } from '../support/plsql/scope.js';
import { readAsPlus } from '../support/plsql/sql-plus.js';

/** What three readers say of Oracle's SQL that a grammar does not ask: who declares a name, SQL*Plus, and the driver. */

const inFolder = (path: string): readonly Artifact[] => {
  const folder = fileURLToPath(new URL(path, import.meta.url));
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => ({ file: `${path}${file}`, text: readFileSync(`${folder}${file}`, 'utf8') }));
};

const complete = completeSchema('oracle');
const withoutIndexes: Schema = {
  ...complete,
  namespace: 'WSO2',
  tables: complete.tables.map((table): Table => ({ ...table, indexes: [] })),
};

/** All cleanups without backups, and of tables without indexes in a schema that is named. */
const variants = (): readonly Artifact[] =>
  (
    [
      [complete, 'none'],
      [withoutIndexes, 'deleted-rows'],
    ] as const
  ).flatMap(([schema, backup]) =>
    policies.flatMap((policy) => {
      const { plan } = makePlan(policy, schema, oracle, { prefix: 'cleanup_', backup });
      if (plan === undefined) throw new Error(`no plan for ${policy.name}`);
      const { files, verify, uninstall } = deliver(plan, oracle, {});
      return [...files, verify, uninstall].map(({ file, text }) => ({ file: `${backup}, ${file}`, text }));
    }),
  );

const schedules = (): readonly Artifact[] =>
  ([undefined, 'yes', 'no'] as const).flatMap((enabled) => {
    const { files } = renderSchedule({
      dialect: oracle,
      schedule: parseSchedule({ every: '1w', window: '01:00-05:00', enabled, maxRuns: 3 }),
      procedure: 'cleanup_tokens',
      settingTable: 'CLEANUP_SETTING',
      scheduleName: 'cleanup_tokens_schedule',
      outside: false,
    });
    return files.map(({ name, text }) => ({ file: `schedule ${enabled}, ${name}`, text }));
  });

const all = [...inFolder('../../generated/oracle/'), ...inFolder('complete/oracle/'), ...variants(), ...schedules()];
const statements = all.flatMap((artifact) =>
  statementsOf(artifact, oracle.script).map((statement) => ({ ...statement, file: artifact.file })),
);

function specIn(list: readonly { readonly sql: string }[]): PackageSpec {
  const spec = list.find(({ sql }) => /^CREATE OR REPLACE PACKAGE (?!BODY)/.test(sql));
  if (spec === undefined) throw new Error('there is no package');
  return readSpec(spec.sql);
}
const kit = specIn(statements);
// Whoever installs calls what the first file made, and a cleanup calls its proof.
const shared = statements
  .filter(({ file, sql }) => /10-support|_proof\.sql/.test(file) && sql.startsWith('CREATE OR REPLACE PROCEDURE '))
  .map(({ name }) => name.toUpperCase());
const plain = (sql: string): string => sql.replaceAll('WSO2.', '');
const bodyOf = (pattern: RegExp): string => statements.find(({ sql }) => pattern.test(sql))?.sql ?? '';
const packageBody = bodyOf(/^CREATE OR REPLACE PACKAGE BODY /);
const tokens = bodyOf(/^CREATE OR REPLACE PROCEDURE cleanup_tokens\(/);

test('there is something to read', () => {
  expect(statements.length).toBeGreaterThan(700);
  expect(packageBody.length).toBeGreaterThan(20_000);
  expect(kit.record.fields.size).toBeGreaterThan(20);
});

describe('names', () => {
  test('are declared before they are used, and used where they are declared', () => {
    const complaints = statements.flatMap(({ file, sql }) =>
      nameComplaints(plain(sql), kit, shared).map((complaint) => `${file}: ${complaint}`),
    );
    expect(complaints).toEqual([]);
  });

  test('of the package are all called from a cleanup, a restore or the package itself', () => {
    const called = new Set(statements.flatMap(({ sql }) => callsOf(plain(sql), kit.name)));
    const inside = [...kit.subprograms.keys()].filter(
      (name) => [...packageBody.matchAll(new RegExp(`\\b${name}\\(`, 'gi'))].length > 1,
    );
    expect([...kit.subprograms.keys()].filter((name) => !called.has(name) && !inside.includes(name))).toEqual([]);
  });

  test('of the fields of a run are all used', () => {
    const used = new Set(statements.flatMap(({ sql }) => fieldsUsed(sql)));
    expect([...kit.record.fields].filter((field) => !used.has(field))).toEqual([]);
  });

  test.each<readonly [what: string, sql: string, fault: readonly [string | RegExp, string], complaint: RegExp]>([
    ['an undeclared variable', tokens, ['v_after_1 := NVL', 'v_aftr_1 := NVL'], /V_AFTR_1 is not declared/],
    ['an undeclared variable in SQL', tokens, ['k.TOKEN_ID > v_after_1', 'k.TOKEN_ID > v_before_1'], /V_BEFORE_1 is/],
    [
      'an unused variable',
      tokens,
      ['  v_cut_off TIMESTAMP(6);', '  v_cut_off TIMESTAMP(6);\n  v_x NUMBER;'],
      /V_X is never/,
    ],
    [
      'a variable that is only set',
      tokens,
      [/BEGIN\n([\s\S]*)$/, 'v_x NUMBER;\nBEGIN\n v_x := 1;\n$1'],
      /variable V_X is set, and never read/,
    ],
    ['a call of what the package lacks', tokens, ['CLEANUP_KIT.prune(', 'CLEANUP_KIT.prune_all('], /has no PRUNE_ALL/],
    [
      'a call with too few parameters',
      tokens,
      [/'cleanup_tokens', (\d+), p_dry_run/, "'cleanup_tokens', $1"],
      /is given 3 par/,
    ],
    ['an unknown field', tokens, ['v_run.seen', 'v_run.sene'], /RUN has no field SENE/],
    ['an unused local procedure', tokens, [/ {8}take_3\([^;]*;\n/g, ''], /subprogram TAKE_3 is never used/],
    ['a missing local procedure', tokens, ['PROCEDURE take_3(', 'PROCEDURE take_30('], /TAKE_3 is not declared/],
    ['an unused parameter', packageBody, ['|| p_list ||', '||'], /parameter P_LIST is never used/],
    [
      'a private function that comes later',
      packageBody,
      [/( {2}FUNCTION has_lock[\s\S]*?END has_lock;)([\s\S]*?)(\n {2}PROCEDURE prepare)/, '$2$1$3'],
      /HAS_LOCK is not declared, or only later/,
    ],
    [
      'a private function that nobody calls',
      packageBody,
      [/why_stop\(p_run\), /g, 'NULL, '],
      /subprogram WHY_STOP is never/,
    ],
    [
      'other parameters than the specification',
      packageBody,
      ['PROCEDURE emptied(p_run IN OUT NOCOPY run, p_list VARCHAR2)', 'PROCEDURE emptied(p_run IN OUT NOCOPY run)'],
      /EMPTIED has other parameters/,
    ],
    ['an undeclared exception', packageBody, ['WHEN e_not_compiled THEN', 'WHEN e_unknown THEN'], /E_UNKNOWN is not/],
    ['an unknown function', packageBody, ['SUBSTR(v_fact, 2)', 'SUBSTRING(v_fact, 2)'], /SUBSTRING is not declared/],
  ])('%s is noticed', (_, sql, [part, fault], complaint) => {
    const broken = sql.replace(part, fault);
    expect(broken).not.toBe(sql);
    expect(nameComplaints(broken, kit)).toContainEqual(expect.stringMatching(complaint));
  });
});

test('a table that is passed over as there must be one of the schema, or its file fails when it enters it', () => {
  const made = all.flatMap(({ file, text }) =>
    [...text.replace(/^--.*$/gm, '').matchAll(/CREATE (?:GLOBAL TEMPORARY )?TABLE (?:WSO2\.)?(\w+)/g)].map(
      ([, table = '']) => ({
        file,
        text,
        table,
      }),
    ),
  );
  expect(made.length).toBeGreaterThan(50);
  for (const { file, text, table } of made) {
    const register = text.slice(text.indexOf('-- @statement register'));
    expect([file, register.includes(`'table', '${table}'`)]).toEqual([file, true]);
  }
  // No row is no checksum, and NULL is refused.
  expect(bodyOf(/PROCEDURE (WSO2\.)?CLEANUP_REGISTER/)).toContain('SELECT MAX(k.STORED_SHA256) INTO v_stored');
  expect(bodyOf(/CREATE TABLE (WSO2\.)?CLEANUP_OBJECT /)).toMatch(/STORED_SHA256 +CHAR\(64 BYTE\) +NOT NULL/);
});

describe('SQL*Plus', () => {
  test('reads the same statements as deepclean, and nothing in them as something else', () => {
    for (const { file, text } of all) {
      const { statements: sent, complaints } = readAsPlus(text);
      expect([file, complaints]).toEqual([file, []]);
      const ours = statementsOf({ file, text }, oracle.script).map(({ sql }) => sql);
      expect([file, sent]).toEqual([file, ours]);
    }
  });

  const block = 'BEGIN\n  NULL;\nEND;\n/\n';
  test.each([
    ['a semicolon at the end of a comment in a statement', 'SELECT 1 -- one;\nFROM DUAL;\n', /neither a statement/],
    ['a slash alone in a block', block.replace('NULL;', 'NULL;\n/'), /neither a statement/],
    ['a slash at the beginning of a line', block.replace('NULL;', 'x := 4\n/ 2;'), /a slash at the beginning/],
    ['a slash that is not at the beginning', block.replace('\n/', '\n /'), /a slash that is not/],
    ['a period alone', block.replace('NULL;', 'NULL;\n.'), /a period alone/],
    ['@', block.replace('NULL;', '@x'), /a command of the client/],
    ['#', block.replace('NULL;', '#x'), /a command of the client/],
    ['!', block.replace('NULL;', '!ls'), /a command of the client/],
    ['a hyphen at the end', block.replace('NULL;', 'x := 4 -\n2;'), /a hyphen at the end/],
    ['a hyphen at the end of a comment', block.replace('NULL;', '-- this -\nNULL;'), /a hyphen at the end/],
    ['a letter that is no ASCII', block.replace('NULL;', '-- für'), /no ASCII/],
    ['a tab', block.replace('  NULL;', '\tNULL;'), /no ASCII/],
    ['a line that is too long', block.replace('NULL;', `-- ${'x'.repeat(2500)}`), /too long/],
    ['a variable', block.replace('NULL;', "x := 'a & b';"), /begins a variable/],
    ['an empty line in a statement', 'SELECT 1\n\nFROM DUAL;\n', /an empty line/],
    ['a statement without an end', 'SELECT 1\nFROM DUAL\n', /has no end/],
    ['a command that nobody knows', 'PROMTP x\n', /neither a statement/],
  ])('%s is noticed', (_, text, complaint) => {
    expect(readAsPlus(text).complaints).toContainEqual(expect.stringMatching(complaint));
  });

  test('a semicolon at the end of a line of text ends the statement there, unlike for deepclean', () => {
    const text = "-- @statement x\nINSERT INTO t VALUES ('a;\nb');\n-- @end\n";
    expect(readAsPlus(text).statements).not.toEqual(
      statementsOf({ file: 'x', text }, oracle.script).map(({ sql }) => sql),
    );
  });

  test('what stands between texts and settings is no fault', () => {
    expect(readAsPlus(`SET DEFINE OFF\nSET SQLBLANKLINES ON\n${block.replace('NULL;', "\n  x := 'a & b';")}`)).toEqual({
      statements: ["BEGIN\n  \n  x := 'a & b';\nEND;"],
      complaints: [],
    });
  });
});

describe('the driver', () => {
  test('takes nothing in a statement for a bind variable, and neither would SQL*Plus', () => {
    const found = statements.flatMap(({ file, name, sql }) =>
      [...driverBinds(sql), ...colonNames(sql)].map((one) => `${file}, ${name}: ${one}`),
    );
    expect(found).toEqual([]);
  });

  test.each([
    ['BEGIN\n  x := :seconds;\nEND;', ['SECONDS']],
    ['SELECT 1 FROM DUAL WHERE x = :1', ['1']],
    ["BEGIN\n  x := ':seconds'; -- :no\n  /* :no */ y := q'{:no it's}'; z := \":no\";\nEND;", []],
  ])('a phantom is noticed: %s', (sql, binds) => {
    expect(driverBinds(sql)).toEqual(binds);
    expect(colonNames(sql).map((one) => one.replace(/^line \d+: :/, ''))).toEqual(binds);
  });

  test('in a procedure, which it does not look into, a colon is noticed all the same', () => {
    const broken = tokens.replace('v_run.seen', ':seen');
    expect(driverBinds(broken)).toEqual([]);
    expect(colonNames(broken)).toEqual([expect.stringContaining(':SEEN')]);
  });
});
