/**
 * Side by side on the same data in the same run: our procedure, the one-statement DELETE that nobody dares to run, and
 * the classical chunk-table algorithm (ids of dead rows in a chunk table, a batch table of some of them, joined deletes;
 * whole tables copied first where a backup is wanted). Prints JSON: seconds, rows per second, ratios.
 *
 *   npx tsx test/bench/bench.ts [--rows 200000] [--repeat 3] [--engines postgresql,mariadb,mysql]
 */
import { parseArgs } from 'node:util';
import { findDialect } from '../../src/dialects/registry.js';
import { printDead } from '../../src/render/predicate.js';
import { type Deployment, deploy } from '../support/deployment.js';
import { acquireEngine } from '../support/engines/acquire.js';
import type { Engine, EngineName } from '../support/engines/types.js';
import { fillTokens } from './fill-tokens.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    repeat: { type: 'string', default: '3' },
    engines: { type: 'string', default: 'postgresql,mariadb,mysql' },
  },
});
const rows = Number(values.rows);
const repeat = Number(values.repeat);

/** A way to delete; gives the seconds it took. */
type Contender = (deployment: Deployment) => Promise<void>;

const contenders: Readonly<Record<string, { readonly backup: 'deleted-rows' | 'none'; readonly run: Contender }>> = {
  'one statement': { backup: 'none', run: (deployment) => oneStatement(deployment) },
  'deepclean, no backup': { backup: 'none', run: (deployment) => ours(deployment) },
  'chunk tables, no backup': { backup: 'none', run: (deployment) => chunkTables(deployment, false) },
  'deepclean, deleted rows kept': { backup: 'deleted-rows', run: (deployment) => ours(deployment) },
  'chunk tables, whole tables copied': { backup: 'none', run: (deployment) => chunkTables(deployment, true) },
};

async function main(): Promise<void> {
  const results: Record<string, unknown> = {};
  for (const name of values.engines.split(',')) {
    const engine = await acquireEngine(name as EngineName, { private: true, durable: true });
    if (engine === undefined) {
      results[name] = 'not available on this machine';
      continue;
    }
    try {
      results[name] = await measure(engine);
    } finally {
      await engine.stop();
    }
  }
  console.log(JSON.stringify({ rows, repeat, results }, null, 2));
}

async function measure(engine: Engine): Promise<unknown> {
  const seconds: Record<string, number[]> = {};
  let longestBatchMs = 0;
  const names = Object.keys(contenders);
  for (let round = 0; round < repeat; round += 1) {
    // Every other round in reverse, so that none always has the warmer machine.
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const contender = contenders[name];
      if (contender === undefined) continue;
      const deployment = await deploy(engine, { backup: contender.backup });
      await fillTokens(deployment, rows);
      const began = performance.now();
      await contender.run(deployment);
      const took = (performance.now() - began) / 1000;
      seconds[name] = [...(seconds[name] ?? []), took];
      const left = await count(deployment);
      if (left !== rows * 0.3) throw new Error(`${engine.name}, ${name}: ${left} tokens are left`);
      if (name.startsWith('deepclean')) longestBatchMs = Math.max(longestBatchMs, await longestBatch(deployment));
      process.stderr.write(`${engine.name} ${engine.version}: ${name}: ${took.toFixed(2)} s\n`);
      await deployment.database.drop();
    }
  }
  const median = (name: string): number =>
    [...(seconds[name] ?? [])].sort((a, b) => a - b)[Math.floor(repeat / 2)] ?? Number.NaN;
  const ratio = (name: string, other: string): number => Number((median(other) / median(name)).toFixed(2));
  return {
    version: engine.version,
    medianSeconds: Object.fromEntries(names.map((name) => [name, Number(median(name).toFixed(2))])),
    deadTokensPerSecond: Object.fromEntries(names.map((name) => [name, Math.round((rows * 0.7) / median(name))])),
    ratios: {
      'no backup, to the one-statement DELETE': ratio('deepclean, no backup', 'one statement'),
      'no backup, to chunk tables': ratio('deepclean, no backup', 'chunk tables, no backup'),
      'with backup, to chunk tables that copy whole tables': ratio(
        'deepclean, deleted rows kept',
        'chunk tables, whole tables copied',
      ),
    },
    longestBatchMs,
  };
}

const ours: Contender = async ({ query, plan }) => {
  await query(`CALL ${plan.names.procedure}()`);
};

const oneStatement: Contender = async (deployment) => {
  const { query, family } = deployment;
  const alias = family === 'mysql' ? 'IDN_OAUTH2_ACCESS_TOKEN' : 't';
  const table = family === 'mysql' ? alias : 'idn_oauth2_access_token t';
  await query(`DELETE FROM ${table} WHERE ${await dead(deployment, alias)}`);
};

/** The rule as our own SQL has it, against a literal cut-off. */
async function dead({ plan, query, family }: Deployment, alias: string): Promise<string> {
  const [step] = plan.steps;
  if (step === undefined) throw new Error('no step');
  const [now] = await query(
    family === 'mysql'
      ? 'SELECT CAST(UTC_TIMESTAMP() - INTERVAL 2 HOUR AS CHAR) AS cut_off'
      : "SELECT (timezone('UTC', now()) - interval '2 hours')::timestamp(0)::text AS cut_off",
  );
  const dialect = findDialect(plan.schema.dialect);
  const lines = printDead(step.guard, step.reasons.slice(0, 4), {
    schema: plan.schema,
    table: step.table,
    alias,
    expressions: { ...dialect.expressions, stamp: (reference) => reference },
    cutOff: () => `TIMESTAMP '${String(now?.cut_off)}'`,
    parameter: () => "'no'",
    place: 'procedure',
    zone: '',
    tableName: (table) => table.name,
  });
  return `(${lines.join('\n')})`;
}

async function chunkTables(deployment: Deployment, copies: boolean): Promise<void> {
  const { query, family } = deployment;
  const token = 'IDN_OAUTH2_ACCESS_TOKEN';
  const scope = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE';
  if (copies) {
    for (const table of [token, scope]) await query(`CREATE TABLE COPY_${table} AS SELECT * FROM ${table}`);
  }
  const rule = await dead(deployment, 't');
  const remove = (table: string): string =>
    family === 'mysql'
      ? `DELETE x FROM ${table} x INNER JOIN BATCH_IDS b ON x.TOKEN_ID = b.TOKEN_ID`
      : `DELETE FROM ${table} x USING BATCH_IDS b WHERE x.TOKEN_ID = b.TOKEN_ID`;
  for (;;) {
    await query(`CREATE TABLE CHUNK_IDS AS SELECT t.TOKEN_ID FROM ${token} t WHERE ${rule} LIMIT 10000`);
    await query(`CREATE INDEX CHUNK_KEY ON CHUNK_IDS (TOKEN_ID)`);
    const [found] = await query('SELECT COUNT(*) AS n FROM CHUNK_IDS');
    while (Number((await query('SELECT COUNT(*) AS n FROM CHUNK_IDS'))[0]?.n) > 0) {
      await query('CREATE TABLE BATCH_IDS AS SELECT TOKEN_ID FROM CHUNK_IDS LIMIT 5000');
      await query(`CREATE INDEX BATCH_KEY ON BATCH_IDS (TOKEN_ID)`);
      await query(remove(scope));
      await query(remove(token));
      await query(remove('CHUNK_IDS'));
      await query('DROP TABLE BATCH_IDS');
    }
    await query('DROP TABLE CHUNK_IDS');
    if (Number(found?.n) === 0) return;
  }
}

const count = async ({ query }: Deployment): Promise<number> =>
  Number((await query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN'))[0]?.n);

const longestBatch = async ({ query, plan }: Deployment): Promise<number> =>
  Number((await query(`SELECT MAX(longest_batch_ms) AS n FROM ${plan.names.runStep}`))[0]?.n);

await main();
