import type { CaseSettings } from '../support/data/case-types.js';
import { conformanceCases, optionsFor } from '../support/data/cases.js';
import { tokenTables } from '../support/data/create-tables.js';
import { databaseAt } from '../support/data/random.js';
import { randomPlan } from '../support/data/random-plan.js';
import type { ModelOptions } from '../support/model/options.js';
import { formatStamp, microsecondsPerMinute } from '../support/model/stamps.js';
import { removeDeadTokens } from '../support/model/tokens-model.js';
import type { Clocks, Scenario, ScenarioCase, Settings } from '../support/scenario/scenario.js';

const settingsOf = (options: CaseSettings): Settings => ({
  clock: options.clock,
  safe_period_minutes: options.safePeriodMinutes,
  access_period_grants: options.accessPeriodGrants,
  audit_pruning: options.auditPruning ? 'yes' : 'no',
  audit_retention_days: options.auditRetentionDays,
});

const optionsOf = ({ utcNow, serverNow }: Clocks, settings: Settings): ModelOptions => ({
  utcNow: formatStamp(utcNow),
  serverNow: formatStamp(serverNow),
  clock: settings.clock as ModelOptions['clock'],
  safePeriodMinutes: Number(settings.safe_period_minutes),
  accessPeriodGrants: String(settings.access_period_grants),
  auditPruning: settings.audit_pruning === 'yes',
  auditRetentionDays: Number(settings.audit_retention_days),
});

export const scenario: Scenario = {
  policy: 'tokens',
  tables: tokenTables,
  cases: conformanceCases.map((aCase): ScenarioCase => {
    const momentOf = (clocks: Clocks) => ({
      ...clocks,
      newest: clocks.utcNow + BigInt(aCase.newestOffsetMinutes ?? -1) * microsecondsPerMinute,
    });
    return {
      name: aCase.name,
      ...(aCase.needs && { needs: aCase.needs }),
      settings: (clocks) => settingsOf(optionsFor(aCase, momentOf(clocks))),
      rows: (clocks) => aCase.rows(momentOf(clocks)),
      survivors: aCase.survivors,
    };
  }),
  random: randomPlan.map((plan) => ({ utcNow, serverNow }, { fractions }) => {
    const serverOffsetMinutes = Number((serverNow - utcNow) / microsecondsPerMinute);
    const { database, options } = databaseAt(plan, { utcNow, serverOffsetMinutes, fractions });
    return { database, settings: settingsOf(options) };
  }),
  model: (world) => removeDeadTokens(world, optionsOf(world.facts.clocks, world.facts.settings)),
};
