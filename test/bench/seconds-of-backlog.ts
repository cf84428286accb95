import { findDialect } from '../../src/dialects/registry.js';
import { policies } from '../../src/policies/index.js';
import { quotedName } from '../support/data/dialect-words.js';
import { completeSchema } from '../support/data/later-tables.js';
import { deploy } from '../support/deployment.js';
import type { Engine } from '../support/engines/types.js';
import type { Scenario } from '../support/scenario/scenario.js';
import { fillTables } from './fill-tables.js';

/** Seconds that counting the backlog of a cleanup takes, with so many rows in each table that it reads; or gives up. */
export async function secondsOfBacklog(engine: Engine, scenario: Scenario, rows: number): Promise<number> {
  const policy = policies.find(({ name }) => name === scenario.policy);
  if (policy === undefined) throw new Error(`no policy ${scenario.policy}`);
  const schema = completeSchema(engine.dialect);
  const deployment = await deploy(engine, { policy, schema, tables: scenario.tables, backup: 'none' });
  try {
    await fillTables(deployment, scenario.tables, rows);
    const { query, family, plan } = deployment;
    const call = findDialect(engine.dialect).capabilities.backlog === 'function' ? '()' : '';
    const began = performance.now();
    await query(`SELECT * FROM ${quotedName(family, plan.names.backlog)}${call}`);
    return (performance.now() - began) / 1000;
  } finally {
    await deployment.database.drop();
  }
}
