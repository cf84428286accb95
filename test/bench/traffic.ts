/**
 * What a cleanup costs the product: eight sessions issue, refresh, revoke and look up tokens, and save and read sessions,
 * while a run deletes tokens, some of them at the same rows. Quiet time and cleaning alternate, and so do the settings. Prints
 * how long the product's statements take without and with a run, its deadlocks and errors, and deleted rows per second.
 *
 *   npx tsx test/bench/traffic.ts [--settings 100x250,25x50] [--seconds 8] [--rounds 2] [--rows 300000]
 *     [--sessions 8] [--rate 300] [--engines postgresql,mariadb,mysql] [--json]
 *
 * A setting is duty_percent x batch_target_ms. --rate: transactions a second of all sessions together.
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { completeSchema } from '../support/data/later-tables.js';
import { change, type Deployment, deploy, lastRun, run } from '../support/deployment.js';
import { acquireEngine } from '../support/engines/acquire.js';
import type { Engine, EngineName } from '../support/engines/types.js';
import { sessions } from './sessions.js';
import { tokens } from './tokens.js';
import { Experience, Load } from './traffic/load.js';
import { takeSample } from './traffic/sample.js';
import { nameOf, readSetting, type Setting } from './traffic/setting.js';
import { table } from './traffic/table.js';

const { values } = parseArgs({
  options: {
    settings: { type: 'string', default: '100x250,50x250,25x250,100x50,50x50,25x50,12x50' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '2' },
    rows: { type: 'string' },
    sessions: { type: 'string', default: '8' },
    rate: { type: 'string', default: '300' },
    engines: { type: 'string', default: 'postgresql,mariadb,mysql' },
    json: { type: 'boolean', default: false },
  },
});

/** Tokens, of which seven in ten are dead, with two scopes each: enough for all settings of a round. */
const usualRows: Readonly<Partial<Record<EngineName, number>>> = { postgresql: 800_000 };
const otherRows = 300_000;
const savedSessions = 20_000;
/** Until the server has tidied up behind a run, and the caches are warm. */
const settleSeconds = 2;

/** Of one setting, over all rounds. */
class Comparison {
  readonly quiet = new Experience();
  readonly cleaning = new Experience();
  rows = 0;
  seconds = 0;
}

async function main(): Promise<void> {
  const settings = values.settings.split(',').map(readSetting);
  const results: Record<string, unknown> = {};
  for (const name of values.engines.split(',') as EngineName[]) {
    const engine = await acquireEngine(name, {
      private: true,
      durable: true,
      arguments: name === 'postgresql' ? ['-c', 'shared_buffers=2GB'] : ['--innodb-buffer-pool-size=2G'],
    });
    if (engine === undefined) {
      results[name] = 'not available on this machine';
      continue;
    }
    try {
      const compared = new Map(settings.map((setting) => [nameOf(setting), new Comparison()]));
      for (let round = 0; round < Number(values.rounds); round += 1) {
        await goRound(engine, round % 2 === 0 ? settings : [...settings].reverse(), compared);
      }
      results[name] = report(engine, compared);
    } finally {
      await engine.stop();
    }
  }
  if (values.json) console.log(JSON.stringify({ options: values, load: loadavg(), results }, null, 2));
}

/** Fills the tables and goes through all settings, each after some quiet time. */
async function goRound(engine: Engine, settings: readonly Setting[], compared: Map<string, Comparison>): Promise<void> {
  const deployment = await deploy(engine, {
    policy: tokens.policy,
    tables: [...tokens.tables, ...sessions.tables],
    schema: completeSchema(engine.dialect),
  });
  await tokens.fill(deployment, Number(values.rows ?? usualRows[engine.name] ?? otherRows));
  await sessions.fill(deployment, savedSessions);
  const sample = await takeSample(deployment, 20_000);
  const load = await Load.begin(deployment, sample, Number(values.sessions), Number(values.rate));
  for (const setting of settings) {
    const comparison = compared.get(nameOf(setting));
    if (comparison === undefined) continue;
    await sleep(settleSeconds * 1000);
    load.turnPage();
    await sleep(Number(values.seconds) * 1000);
    comparison.quiet.add(load.turnPage());
    const { rows, seconds } = await clean(deployment, setting);
    comparison.cleaning.add(load.turnPage());
    comparison.rows += rows;
    comparison.seconds += seconds;
    process.stderr.write(
      `${engine.name}: ${nameOf(setting)}: ${rows} rows in ${seconds.toFixed(1)} s, load ${loadavg()[0]}\n`,
    );
  }
  await load.end();
  await deployment.database.drop();
}

/** Lets a run work for some time, or until nothing is left. */
async function clean(deployment: Deployment, setting: Setting): Promise<{ rows: number; seconds: number }> {
  await change(deployment, { ...setting, stop_requested: 'no' });
  const before = await deleted(deployment);
  const runner = await deployment.database.connect();
  const began = performance.now();
  const ended = run({ ...deployment, query: (sql) => runner.query(sql) });
  await Promise.race([ended, sleep(Number(values.seconds) * 1000)]);
  const seconds = (performance.now() - began) / 1000;
  const rows = (await deleted(deployment)) - before;
  await change(deployment, { stop_requested: 'yes' });
  await ended;
  await runner.close();
  const { why_stopped: why } = await lastRun(deployment);
  if (why !== 'stop requested') process.stderr.write(`the run ended early (${why}): raise --rows\n`);
  return { rows, seconds };
}

const deleted = async ({ query, plan }: Deployment): Promise<number> =>
  Number((await query(`SELECT COALESCE(SUM(deleted), 0) AS n FROM ${plan.names.runStep}`))[0]?.n);

function report(engine: Engine, compared: Map<string, Comparison>): unknown {
  const summary = [...compared].map(([name, { quiet, cleaning, rows, seconds }]) => {
    const before = quiet.latencies.quantiles();
    const during = cleaning.latencies.quantiles();
    return {
      setting: name,
      quiet: before,
      cleaning: during,
      p99Ratio: Math.round((during.p99 / before.p99) * 100) / 100,
      deadlocks: cleaning.deadlocks,
      errors: cleaning.errors,
      quietErrors: quiet.errors.length + quiet.deadlocks,
      rowsPerSecond: Math.round(rows / seconds),
      kinds: Object.fromEntries(
        cleaning.latencies.kinds.map((kind) => [
          kind,
          { quiet: quiet.latencies.quantiles(kind), cleaning: cleaning.latencies.quantiles(kind) },
        ]),
      ),
    };
  });
  if (values.json) return { version: engine.version, summary };
  const heads = ['p50', 'p95', 'p99', 'max'] as const;
  console.log(`\n${engine.name} ${engine.version}: milliseconds of all statements, without and with a run\n`);
  console.log(
    table(
      ['setting', ...heads.map((head) => `quiet ${head}`), ...heads, 'p99 ×', 'deadlocks', 'errors', 'rows/s'],
      summary.map((one) => [
        one.setting,
        ...heads.map((head) => one.quiet[head]),
        ...heads.map((head) => one.cleaning[head]),
        ...[one.p99Ratio, one.deadlocks, one.errors.length, one.rowsPerSecond],
      ]),
    ),
  );
  for (const { setting, kinds, errors } of summary) {
    console.log(
      `\n${table(
        [`${setting}, by kind`, 'count', ...heads.map((head) => `quiet ${head}`), ...heads],
        Object.entries(kinds).map(([kind, { quiet, cleaning }]) => [
          kind,
          cleaning.count,
          ...heads.map((head) => quiet[head]),
          ...heads.map((head) => cleaning[head]),
        ]),
      )}`,
    );
    for (const error of new Set(errors)) console.log(`  ${error}`);
  }
  return undefined;
}

await main();
process.exit(0);
