/**
 * How long the backlog of each cleanup takes to count, with so many rows in each table that it reads. Prints a table of
 * seconds; anything above a few has a plan that goes through a table once for every row.
 *
 *   npx tsx test/bench/backlogs.ts [--rows 200000] [--engines postgresql,mariadb,mysql] [--policies registry,tokens]
 */
import { parseArgs } from 'node:util';
import { policies } from '../../src/policies/index.js';
import { acquireEngine } from '../support/engines/acquire.js';
import type { EngineName } from '../support/engines/types.js';
import { scenarios } from '../support/scenario/all.js';
import { secondsOfBacklog } from './seconds-of-backlog.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    engines: { type: 'string', default: 'postgresql,mariadb,mysql' },
    policies: { type: 'string', default: policies.map(({ name }) => name).join(',') },
  },
});

const wanted = values.policies.split(',');
const chosen = scenarios.filter(({ policy }) => wanted.includes(policy));
console.log(['cleanup', ...values.engines.split(',')].join('\t'));
const results = new Map<string, string[]>(chosen.map(({ policy }) => [policy, []]));
for (const name of values.engines.split(',')) {
  const engine = await acquireEngine(name as EngineName);
  for (const scenario of chosen) {
    const seconds = engine && (await secondsOfBacklog(engine, scenario, Number(values.rows)));
    results.get(scenario.policy)?.push(seconds === undefined ? 'none' : seconds.toFixed(2));
    console.error(`${name}\t${scenario.policy}\t${seconds?.toFixed(2)}`);
  }
}
for (const [policy, seconds] of results) console.log([policy, ...seconds].join('\t'));
process.exit(0);
