import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { policies } from '../../src/policies/index.js';
import { statementsOf } from '../../src/render/artifact.js';
import { read } from '../support/conformance.js';
import { abilitiesOf } from '../support/data/cases.js';
import type { DialectFamily } from '../support/data/dialect-words.js';
import { completeSchema } from '../support/data/later-tables.js';
import { twelveHoursWest } from '../support/data/writers.js';
import { change, type Deployment, deploy, familyOf, lastRun } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import type { Engine } from '../support/engines/types.js';
import { type Database, idsOf } from '../support/model/rows.js';
import { refillTokens } from '../support/refill-tokens.js';
import { hold, startRun } from '../support/running.js';
import { scenarios } from '../support/scenario/all.js';
import { randomStart } from '../support/scenario/random-start.js';
import { prepare, readClocks, runAt } from '../support/scenario/run-case.js';
import type { RandomStart, Scenario } from '../support/scenario/scenario.js';
import { modelOf } from '../support/scenario/start.js';
import { words } from '../support/words.js';

/** What somebody, or a defect, made of the text of a procedure. */
interface Planted {
  readonly name: string;
  readonly change: (text: string, family: DialectFamily) => string;
}

const replacing = (name: string, pattern: RegExp, by: string): Planted => ({
  name,
  change: (text) => text.replaceAll(pattern, by),
});

/** What a cut-off is computed from, by its name. */
const startOf: Readonly<Record<DialectFamily, (cutOff: string) => RegExp>> = {
  postgresql: (cutOff) => new RegExp(`(?<=v_${cutOff}\\s+:=\\s+)v_run\\.started`, 'g'),
  mysql: (cutOff) => new RegExp(`(?<=v_${cutOff}\\s+=\\s+)v_started`, 'g'),
  mssql: (cutOff) => new RegExp(`(?<=SET @${cutOff} = .*)@started`, 'g'),
  oracle: (cutOff) => new RegExp(`(?<=v_${cutOff}\\s+:=\\s+)v_run\\.started`, 'g'),
};

/** The same moment, and many years. */
const farAhead: Readonly<Record<DialectFamily, string>> = {
  postgresql: "v_run.started + interval '9000 day'",
  mysql: 'v_started + INTERVAL 9000 DAY',
  mssql: 'DATEADD(DAY, 9000, @started)',
  oracle: "v_run.started + INTERVAL '9000' DAY(4)",
};

const ahead = (cutOff = '\\w+'): Planted => ({
  name: 'with a cut-off that lies ahead',
  change: (text, family) => text.replaceAll(startOf[family](cutOff), farAhead[family]),
});

const tokenFaults: readonly Planted[] = [
  ahead(),
  replacing(
    'that takes ACTIVE for inactive',
    /= 'INACTIVE' THEN 'inactive'/g,
    "IN ('INACTIVE', 'ACTIVE') THEN 'inactive'",
  ),
];

/** By policy: text that makes it delete rows which what they say themselves proves alive. */
const planted: Readonly<Record<string, readonly Planted[]>> = {
  tokens: [
    ...tokenFaults,
    replacing('that takes a period of 0 for over', /t\.(\w*validity_period) > 0 AND (?=t\.\1 <)/gi, ''),
    replacing('that has its comparison flipped', /> (?=t\.validity_period)/gi, '< '),
    replacing(
      'that asks for no state',
      /(TOKEN_STATE( AS BINARY\))?) IN \('ACTIVE', 'GRACEFULLY_ROTATED'\)/gi,
      '$1 IS NOT NULL',
    ),
  ],
  sessions: [
    ahead(),
    replacing('that has its comparison flipped', /t\.expiry_time < (?=\w+expiry_cut_off)/gi, 't.expiry_time > '),
    replacing('that takes a STORE for a DELETE', /= 'DELETE'/g, "IN ('DELETE', 'STORE')"),
    replacing('that ends the newer rows', /(\b[he]\.time_created) <= (h\.last_end|MAX\(IF)/gi, '$1 >= $2'),
  ],
  registry: [
    ahead('log_cut_off'),
    replacing('that takes any action for a deletion', /t\.reg_action = 7/gi, 't.reg_action >= 0'),
  ],
  confirmation_codes: [ahead()],
  jti: [ahead()],
  par_requests: [ahead()],
  revocations: [ahead()],
  refresh_tokens: tokenFaults,
  flow_contexts: [ahead()],
  vc_nonces: [ahead()],
  saml_artifacts: [ahead()],
  uma_tickets: [ahead()],
  wait_statuses: [ahead()],
  org_invitations: [ahead()],
  workflows: [ahead(), replacing('that takes PENDING for finished', /'ABORTED'\)/g, "'ABORTED', 'PENDING')")],
  webhooks: [ahead()],
  // Only other rows say that one is alive, and those are not known any more after the run.
  revision_metadata: [],
  stale_actions: [ahead(), replacing('that asks for no type', /= 'AUTHENTICATION'/g, "<> 'none'")],
};

/** The other two print words and comparisons in ways of their own; how a cut-off is computed is planted everywhere. */
const faultsOf = (policy: string, family: DialectFamily): readonly Planted[] =>
  (planted[policy] ?? never(policy)).filter(
    ({ name }) => ['postgresql', 'mysql'].includes(family) || name.endsWith('lies ahead'),
  );

/** Random databases that are tried until one has lost a row that lives. */
const databases = 40;

/** A run that deleted live rows says so itself, names the table, and can be undone. */
function cases(engine: Engine): void {
  const family = familyOf(engine);
  const dialect = findDialect(engine.dialect);

  const faulty = scenarios.filter(({ policy }) => faultsOf(policy, family).length > 0);
  describe.each(faulty.map((scenario) => [scenario.policy, scenario] as const))('%s', (policy, scenario) => {
    let deployment: Deployment;
    let text: string;
    beforeAll(async () => {
      deployment = await deploy(engine, {
        policy: policies.find(({ name }) => name === policy) ?? never(policy),
        schema: completeSchema(engine.dialect),
        tables: scenario.tables,
      });
      text = deployment.rendered.install.find(({ file }) => file.startsWith('30-'))?.text ?? never('30-');
    });
    afterAll(() => deployment?.database.drop());

    async function install(procedure: string): Promise<void> {
      for (const { sql } of statementsOf({ file: '30-cleanup.sql', text: procedure }, dialect.script))
        await deployment.query(sql);
    }

    /** Runs it on random rows until it has deleted one that lives; what it says then. */
    async function untilSomethingLivingIsLost(prove: 'yes' | 'no') {
      const abilities = abilitiesOf(family);
      for (const make of fc.sample(scenario.random, { numRuns: databases, seed: 20_261_130 })) {
        const clocks = readClocks();
        const writerOf = () => twelveHoursWest;
        const { start } = randomStart(scenario, make, writerOf, undefined, clocks, abilities, deployment.schema);
        await prepare(deployment, withSetting(start, prove));
        const before = await read(deployment);
        const error = await runAt(deployment, clocks).catch((reason: unknown) => reason);
        const after = await read(deployment);
        const { survivors } = modelOf(scenario, start, clocks, deployment.schema);
        if (lost(scenario, survivors, after).length > 0)
          return { before, after, error, run: await lastRun(deployment) };
        expect(error).toBeUndefined();
      }
      throw new Error(`nothing that lives was lost in ${databases} databases: this is no fault`);
    }

    test.each(faultsOf(policy, family).map((fault) => [fault.name, fault] as const))(
      'finds a procedure %s',
      async (_, fault) => {
        const changed = fault.change(text, family);
        expect(changed).not.toBe(text);
        await install(changed);

        const { before, error, run } = await untilSomethingLivingIsLost('yes');
        expect(run).toMatchObject({
          status: 'failed',
          why_stopped: expect.stringMatching(
            /^proof: \d+ of \d+ rows that it deleted from \w+ cannot have been dead; switched off until somebody looks: restore run \d+$/,
          ),
        });
        expect(String(error)).toContain('cannot have been dead');
        await deployment.query(callOf(deployment));
        expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: 'switched off' });
        await install(text);
        await deployment.query(words[family].call(deployment.plan.names.restore, String(run.run_id)));
        expect(await read(deployment)).toEqual(before);

        await install(changed);
        const unproven = await untilSomethingLivingIsLost('no');
        expect(unproven.error).toBeUndefined();
        expect(unproven.run).toMatchObject({ status: 'ended', why_stopped: 'done' });
      },
      120_000,
    );
  });

  describe('tokens', () => {
    let deployment: Deployment;
    beforeAll(async () => {
      deployment = await deploy(engine);
    });
    afterAll(() => deployment?.database.drop());

    test('says that a run was not proven of which no copies are kept', async () => {
      const without = await deploy(engine, { backup: 'none' });
      try {
        await change(without, { prove_after: 'yes' });
        await without.query(callOf(without));
        expect(await lastRun(without)).toMatchObject({ status: 'ended', why_stopped: 'done, but not proven' });
      } finally {
        await without.database.drop();
      }
    });

    const procedure = (): string =>
      deployment.rendered.install.find(({ file }) => file.startsWith('30-'))?.text ?? never('30-');
    async function install(text: string): Promise<void> {
      for (const { sql } of statementsOf({ file: '30-cleanup.sql', text }, dialect.script)) await deployment.query(sql);
    }
    /** A procedure that deletes the copies of a table before they are judged. */
    async function installLosing(table: string): Promise<void> {
      const changed = procedure().replace(
        /^ *(?:(?:CALL|EXEC) \S*CLEANUP_PROVE\b|CLEANUP_KIT\.prove\()/im,
        `DELETE FROM CLEANUP_BAK_${table};\n$&`,
      );
      expect(changed).not.toBe(procedure());
      await install(changed);
    }

    const proven = async () =>
      Number((await deployment.query(`SELECT COUNT(*) AS n FROM ${deployment.plan.names.runProof}`))[0]?.n);

    test.each([
      [
        'IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
        /^proof: it deleted (\d+) rows from IDN_OAUTH2_ACCESS_TOKEN_SCOPE and kept 0 of them;/i,
      ],
      [
        'IDN_OAUTH2_ACCESS_TOKEN',
        /^proof: (\d+) of \1 rows that it deleted from IDN_OAUTH2_ACCESS_TOKEN_SCOPE cannot have/i,
      ],
    ])('finds that copies of %s are gone', async (table, words) => {
      await refillTokens(deployment, 100);
      await change(deployment, { prove_after: 'yes' });
      await installLosing(table);
      await expect(deployment.query(callOf(deployment))).rejects.toThrow('proof');
      expect(await lastRun(deployment)).toMatchObject({ status: 'failed', why_stopped: expect.stringMatching(words) });
      await change(deployment, { enabled: 'yes' });
      await install(procedure());
    });

    test('switches the cleanup off before another run begins, even while somebody holds that setting', async () => {
      await refillTokens(deployment, 100);
      await change(deployment, { prove_after: 'yes' });
      await installLosing('IDN_OAUTH2_ACCESS_TOKEN_SCOPE');
      const release = await hold(deployment, deployment.plan.names.setting, "NAME = 'enabled'", 'VALUE');
      const { outcome, waiting } = await startRun(deployment);
      await waiting();
      await deployment.query(callOf(deployment));
      expect(await lastRun(deployment)).toMatchObject({ status: 'skipped' });
      await release();
      expect(await outcome).toContain('proof');

      await deployment.query(callOf(deployment));
      expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: 'switched off' });
      await change(deployment, { enabled: 'yes' });
      await install(procedure());
    });

    test('reads many copies once, not once for each', async () => {
      const timeWith = async (prove: 'yes' | 'no'): Promise<number> => {
        await refillTokens(deployment, 20_000);
        await change(deployment, { prove_after: prove });
        const began = Date.now();
        await deployment.query(callOf(deployment));
        expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
        return Date.now() - began;
      };
      const unproven = await timeWith('no');
      expect(await timeWith('yes')).toBeLessThan(2 * unproven + 3000);
    }, 120_000);

    test('judges what a run deleted that had to stop', async () => {
      const before = await proven();
      await change(deployment, { prove_after: 'yes', enabled: 'no' });
      await deployment.query(callOf(deployment));
      expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: 'switched off' });
      expect(await proven()).toBe(before + deployment.plan.backups.length);
      await change(deployment, { enabled: 'yes' });
    });

    test('counts nothing in a dry run', async () => {
      const before = await proven();
      await change(deployment, { prove_after: 'yes', dry_run: 'yes' });
      await deployment.query(callOf(deployment));
      expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
      expect(await proven()).toBe(before);
    });
  });
}

const callOf = ({ family, plan }: Deployment): string => words[family].call(plan.names.procedure);

const withSetting = (start: RandomStart, prove: 'yes' | 'no'): RandomStart => ({
  ...start,
  settings: { ...start.settings, prove_after: prove },
});

/** Rows that the model keeps and the database does not. */
const lost = ({ keys }: Scenario, survivors: Database, after: Database): readonly string[] => {
  const [kept, left] = [idsOf(survivors, keys), idsOf(after, keys)];
  return Object.entries(kept).flatMap(([table, ids]) => ids.filter((id) => left[table]?.includes(id) !== true));
};

function never(what: string): never {
  throw new Error(`there is no ${what}`);
}

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], cases);
