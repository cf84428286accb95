import { randomRegistry } from '../support/data/random-registry.js';
import { registryCodeCases } from '../support/data/registry-code-cases.js';
import { registryCodeTieCases } from '../support/data/registry-code-tie-cases.js';
import { registryLinkCases } from '../support/data/registry-link-cases.js';
import { registryLogCases } from '../support/data/registry-log-cases.js';
import { logEntryLives, removeDeadRegistryRows } from '../support/data/registry-model.js';
import type { Scenario } from '../support/scenario/scenario.js';

const numberedByTenant = {
  REG_LOG: 'REG_LOG_ID',
  REG_PATH: 'REG_PATH_ID',
  REG_RESOURCE: 'REG_VERSION',
  REG_RESOURCE_HISTORY: 'REG_VERSION',
  REG_CONTENT: 'REG_CONTENT_ID',
  REG_CONTENT_HISTORY: 'REG_CONTENT_ID',
  REG_PROPERTY: 'REG_ID',
  REG_TAG: 'REG_ID',
};

export const scenario: Scenario = {
  policy: 'registry',
  tables: [...Object.keys(numberedByTenant), 'REG_RESOURCE_PROPERTY', 'REG_RESOURCE_TAG'],
  keys: Object.fromEntries(
    Object.entries(numberedByTenant).map(([table, number]) => [table, [number, 'REG_TENANT_ID']]),
  ),
  // Stated in every case: what one case sets stays set in the database of the next.
  settings: { log_minimum_age_hours: 24 },
  cases: [...registryLogCases, ...registryLinkCases, ...registryCodeCases, ...registryCodeTieCases],
  random: randomRegistry,
  lives: logEntryLives,
  model: removeDeadRegistryRows,
};
