import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { loadProfile } from '../../src/schema/profiles.js';
import { batchSizes, clocksOf, settingsFor, survivorsAfterRun } from '../support/conformance.js';
import {
  conformanceCases,
  databaseFor,
  expectedFor,
  isApplicable,
  momentOf,
  optionsFor,
} from '../support/data/cases.js';
import { type Deployment, defaultProfile, deploy, familyOf } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';

const ways = [
  ['in the smallest batches', batchSizes.smallest, 'deleted-rows'],
  ['in large batches', batchSizes.large, 'deleted-rows'],
  ['without backups', batchSizes.large, 'none'],
] as const;

/** Rows in, survivors out: every rule and edge by hand, on every engine, in every way a run can go. */
describeEngines(['postgresql', 'pglite', 'mariadb', 'mysql'], (engine) => {
  const family = familyOf(engine);
  const schema = loadProfile(defaultProfile(engine), findDialect(engine.dialect));
  const abilities = { fractions: family === 'postgresql', zeroDates: family === 'mysql', orphans: true };
  const cases = conformanceCases.filter((aCase) => isApplicable(aCase, schema, abilities));

  describe.each(ways)('%s', (_, batches, backup) => {
    let deployment: Deployment;
    beforeAll(async () => {
      deployment = await deploy(engine, { backup });
    });
    afterAll(() => deployment?.database.drop());

    test.each(cases.map((aCase) => [aCase.name, aCase] as const))('%s', async (_name, aCase) => {
      const { utcMicroseconds, offsetMinutes } = await clocksOf(deployment);
      const moment = momentOf(aCase, utcMicroseconds, offsetMinutes);
      const left = await survivorsAfterRun(
        deployment,
        databaseFor(aCase, moment, schema),
        { ...settingsFor(optionsFor(aCase, moment)), ...batches },
        { withoutForeignKeys: aCase.needs?.orphans === true },
      );
      for (const [table, ids] of Object.entries(expectedFor(aCase, schema))) {
        expect({ [table]: left[table] ?? [] }).toEqual({ [table]: ids });
      }
    });
  });
});
