import type { CaseSettings } from '../support/data/case-types.js';
import { conformanceCases, optionsFor } from '../support/data/cases.js';
import { tokenTables } from '../support/data/create-tables.js';
import { databaseAt } from '../support/data/random.js';
import { randomPlan } from '../support/data/random-plan.js';
import { tokenRowLives } from '../support/model/living-tokens.js';
import type { ModelOptions } from '../support/model/options.js';
import { formatStamp } from '../support/model/stamps.js';
import { removeDeadTokens } from '../support/model/tokens-model.js';
import type { Clocks, Scenario, ScenarioCase, Settings } from '../support/scenario/scenario.js';

const settingsOf = (options: CaseSettings): Settings => ({
  clock_uncertainty_hours: options.clockUncertaintyHours,
  safe_period_minutes: options.safePeriodMinutes,
  access_period_grants: options.accessPeriodGrants,
  audit_pruning: options.auditPruning ? 'yes' : 'no',
  audit_retention_days: options.auditRetentionDays,
});

const optionsOf = ({ utcNow }: Clocks, settings: Settings): ModelOptions => ({
  utcNow: formatStamp(utcNow),
  clockUncertaintyHours: Number(settings.clock_uncertainty_hours),
  safePeriodMinutes: Number(settings.safe_period_minutes),
  accessPeriodGrants: String(settings.access_period_grants),
  auditPruning: settings.audit_pruning === 'yes',
  auditRetentionDays: Number(settings.audit_retention_days),
});

export const scenario: Scenario = {
  policy: 'tokens',
  tables: tokenTables,
  cases: conformanceCases.map(
    (aCase): ScenarioCase => ({ ...aCase, settings: (clocks) => settingsOf(optionsFor(aCase, clocks)) }),
  ),
  random: randomPlan.map((plan) => (clocks, abilities) => {
    const { database, options } = databaseAt(plan, { ...clocks, ...abilities });
    const { clock_uncertainty_hours: _, ...settings } = settingsOf(options);
    return { database, settings };
  }),
  lives: tokenRowLives,
  model: (world) => removeDeadTokens(world, optionsOf(world.facts.clocks, world.facts.settings)),
};
