import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { mssql } from '../../src/dialects/mssql/index.js';
import { loadProfile, profileNames } from '../../src/dialects/profiles.js';
import { jti } from '../../src/policies/jti.js';
import type { Schema } from '../../src/schema/types.js';
import { must } from '../proof/translation/only.js';
import { completeSchema } from '../support/data/later-tables.js';
import { findDotnet } from '../support/dotnet.js';
import { missingEngineTitle } from '../support/engines/missing-engine.js';
import {
  type Answer,
  type Choices,
  model,
  modelName,
  type Problem,
  type Sources,
  sourcesOf,
} from '../support/mssql-model.js';
import { planted, world } from './model-faults.js';

/** With the first test comes the build of the tool. */
const slowMs = 300_000;

interface Installation extends Choices {
  readonly schema: Schema;
  readonly prefix?: string;
}

/** The schemas of all profiles, and every table of every version: on the oldest server, on Azure, and on a newer one. */
const installations: Readonly<Record<string, Installation>> = {
  'identity-5.14': { schema: loadProfile('identity-5.14', mssql), server: 'Sql130', analyse: true },
  // Elsewhere than in dbo, and by other names.
  'apim-2.1': { schema: { ...loadProfile('apim-2.1', mssql), namespace: "wso2's" }, prefix: 'dc_', server: 'SqlAzure' },
  complete: { schema: completeSchema('mssql'), server: 'Sql160' },
};

/** What the rules of DacFx say of the first, and why nothing follows from it. */
const accepted: readonly { readonly rule: string; readonly only?: RegExp; readonly because: string }[] = [
  { rule: 'SR0001', only: /^50-/, because: 'SELECT * is over a subquery that names its columns' },
  { rule: 'SR0004', because: 'what is asked by IN without an index is what an index found, the catalog, or a backlog' },
  { rule: 'SR0005', because: 'LIKE looks for letters that must not be there, in rows that an index found' },
  { rule: 'SR0006', because: 'a rule calculates with rows that an index found, or, in a backlog, with all of them' },
  { rule: 'SR0007', because: 'NULL is thought of: it is proven that it makes no row dead' },
  { rule: 'SR0013', only: /@dry_run/, because: 'a run that another one turned away is neither dry nor wet, and ends' },
  {
    rule: 'SR0014',
    only: /from Datetime2\(7\) to Datetime2\([36]\)|from Datetime2\(6\) to Datetime2\(3\)/,
    because: 'the log needs no more digits, and half a microsecond is less than any period',
  },
  {
    rule: 'SR0014',
    only: /from (BigInt|Int) to Decimal\(\d+, [01]\)|Unknown/,
    because: 'the server takes a decimal of 19 or 10 digits for a whole number, and not that of the literal beside it',
  },
  {
    rule: 'SR0014',
    only: /from (VarChar|ASCII String)\(\d+\) to (Unicode String|NVarChar)\(\d+\)|NVarChar\(4000\) to NVarChar\(128\)/,
    because: 'texts are compared, and none is cut',
  },
  { rule: 'SR0014', only: /from NVarChar\(128\) to VarChar\(128\)/, because: 'names of the product are in ASCII' },
  {
    rule: 'SR0014',
    only: /from BigInt to (Float|Int)\.|from Float to BigInt/,
    because: 'a batch has less than 2^31 rows and milliseconds; if not, the run fails',
  },
  { rule: 'SR0014', only: /from Char\(8\) to Int/, because: 'the date of a job is written as a number' },
  { rule: 'SR0015', because: 'a function of names in the catalog, or of a variable' },
];

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const committed = ['../../generated/mssql/', 'complete/mssql/'].flatMap((folder) =>
  readdirSync(pathOf(folder)).map((file) => readFileSync(pathOf(`${folder}${file}`), 'utf8')),
);

function tests(): void {
  afterAll(() => model.end());

  const answers = new Map<string, Promise<Answer>>();
  const answerFor = (name: string): Promise<Answer> => {
    const { schema, prefix, ...choices } = must(installations[name], name);
    const answer =
      answers.get(name) ?? sourcesOf(schema, prefix).then((sources) => model.ask({ ...sources, ...choices }));
    answers.set(name, answer);
    return answer;
  };

  test('every profile is among them', () => {
    expect(Object.keys(installations)).toEqual(expect.arrayContaining([...profileNames(mssql)]));
  });

  test.each(Object.keys(installations))(
    'all that is rendered and asked for %s is read by each version, bound to its tables, and breaks no rule of ours',
    async (name) => {
      const { problems, figures } = await answerFor(name);
      expect(problems).toEqual([]);
      expect(figures.texts).toBeGreaterThan(70);
      expect(figures.putTogether).toBeGreaterThan(10);
    },
    slowMs,
  );

  test(
    'an audit is, too',
    async () => {
      const { schema, prefix, ...choices } = must(installations['identity-5.14'], 'identity-5.14');
      const { problems, figures } = await model.ask({
        ...(await sourcesOf(schema, prefix, undefined, 'audit')),
        ...choices,
      });
      expect(problems).toEqual([]);
      expect(figures.texts).toBeGreaterThan(30);
    },
    slowMs,
  );

  test('these are all files that are committed', async () => {
    const texts = new Set<string>();
    for (const { schema, prefix } of Object.values(installations))
      for (const { sql } of (await sourcesOf(schema, prefix)).files) texts.add(sql);
    expect(committed.length).toBeGreaterThan(50);
    expect(committed.filter((text) => !texts.has(text))).toEqual([]);
  });

  test(
    'what the rules of DacFx say was looked at, and each reason why nothing follows from it is needed',
    async () => {
      const { findings } = await answerFor('identity-5.14');
      const isMeant = ({ kind, place, says }: Problem, { rule, only }: (typeof accepted)[number]) =>
        rule === kind && (only === undefined || only.test(`${place} ${says}`));
      expect(findings.filter((one) => !accepted.some((reason) => isMeant(one, reason)))).toEqual([]);
      expect(accepted.filter((reason) => !findings.some((one) => isMeant(one, reason)))).toEqual([]);
    },
    slowMs,
  );

  describe('a fault is noticed:', () => {
    let answer: Promise<Answer> | undefined;
    const inTheSmall = (): Promise<Answer> => {
      answer ??= ask(world);
      return answer;
    };

    test.each(planted.map(({ kind, what, says }, at) => [kind, what, says, at] as const))(
      '%s: %s',
      async (kind, _what, says, at) => {
        const found = (await inTheSmall()).problems.filter(({ place }) => `${place}:`.startsWith(`fault ${at}:`));
        expect([...new Set(found.map((one) => one.kind))]).toEqual([kind]);
        expect(found.map((one) => one.says).join('\n')).toMatch(says);
      },
      slowMs,
    );

    test(
      'and what is sound is not one',
      async () => {
        const places = (await inTheSmall()).problems.map(({ place }) => place);
        expect(places.filter((place) => !place.startsWith('fault '))).toEqual([]);
      },
      slowMs,
    );

    test.each([
      ['what no server reads', 'SELECT 1 FROM;', 5],
      ['what only the newest servers read', 'SELECT 1 WHERE NULL IS DISTINCT FROM 1;', 3],
    ])(
      'parse: %s',
      async (_what, sql, parsers) => {
        const { problems } = await ask({ ...world, files: [{ name: 'one', sql }] });
        expect(new Set(problems.map(({ kind, says }) => `${kind} ${says.split(':')[0]}`)).size).toBe(parsers);
      },
      slowMs,
    );
  });

  test.each([
    ['bind', 'a column of the product', '30-cleanup_jti.sql', 't.EXP_TIME <', 't.EXPIRY_TIME <'],
    ['bind', 'a variable', '30-cleanup_jti.sql', 'SET @deleted = @@ROWCOUNT', 'SET @delted = @@ROWCOUNT'],
    ['call', 'a number of arguments', '30-cleanup_jti.sql', '@run_id, @upto, @seen, @dead', '@run_id, @upto, @seen'],
    ['reading', 'a hint', '30-cleanup_jti.sql', 'WITH (UPDLOCK, ROWLOCK)', 'WITH (NOLOCK)'],
    ['waiting', 'a limit', '30-cleanup_jti.sql', /SET LOCK_TIMEOUT \d+;/g, ''],
  ] as const)(
    'a fault in our own text is noticed: %s: %s',
    async (kind, _what, file, from, to) => {
      const { files, ...others } = await sourcesOfJti();
      const changed = files.map((text) => (text.name === file ? { ...text, sql: text.sql.replace(from, to) } : text));
      expect(changed).not.toEqual(files);
      const { problems } = await ask({ ...others, files: changed });
      expect(problems.map((one) => one.kind)).toContain(kind);
      expect(problems.filter(({ place }) => !place.startsWith(file))).toEqual([]);
    },
    slowMs,
  );
}

const ask = (sources: Sources): Promise<Answer> => model.ask({ ...sources, server: 'Sql130' });

/** A small cleanup. */
const sourcesOfJti = (): Promise<Sources> => sourcesOf(loadProfile('identity-5.14', mssql), 'cleanup_', [jti]);

// Without the model nothing is known of a file.
if (findDotnet() === undefined) describe.skip(missingEngineTitle(modelName), tests);
else describe("Microsoft's model", tests);
