/**
 * What a cleanup costs the product: eight sessions issue, refresh, revoke and look up tokens, and save and read sessions,
 * while a run deletes tokens, some of them at the same rows. Quiet time and cleaning alternate, and so do the settings. Prints
 * how long the product's statements take without and with a run, its deadlocks and errors, and deleted rows per second.
 *
 *   npx tsx test/bench/traffic.ts [--settings 100x250,25x50] [--seconds 8] [--rounds 2] [--rows 300000]
 *     [--sessions 8] [--rate 300] [--noise 15] [--patience 300] [--engines postgresql,mariadb,mysql] [--json]
 *
 * A setting is duty_percent x batch_target_ms. --rate: transactions a second of all sessions together. --noise: a pair of
 * phases counts only if others used at most this share of the processors, in percent; --patience: for how many seconds it is
 * tried again, before it counts even so, and the table says how noisy it was.
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
import { Noise, waitForSilence } from './traffic/noise.js';
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
    noise: { type: 'string', default: '15' },
    patience: { type: 'string', default: '300' },
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
  /** The noisiest phase that counts, in percent. */
  noise = 0;
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
  let left = [...settings];
  while (left.length > 0) {
    const deployment = await deploy(engine, {
      policy: tokens.policy,
      tables: [...tokens.tables, ...sessions.tables],
      schema: completeSchema(engine.dialect),
    });
    await tokens.fill(deployment, Number(values.rows ?? usualRows[engine.name] ?? otherRows));
    await sessions.fill(deployment, savedSessions);
    const sample = await takeSample(deployment, 20_000);
    const load = await Load.begin(deployment, sample, Number(values.sessions), Number(values.rate));
    left = await compareEach(deployment, load, left, compared);
    await load.end();
    await deployment.database.drop();
  }
}

/** Gives the settings for which no dead rows were left. */
async function compareEach(
  deployment: Deployment,
  load: Load,
  settings: readonly Setting[],
  compared: Map<string, Comparison>,
): Promise<Setting[]> {
  let isFresh = true;
  for (const [at, setting] of settings.entries()) {
    const comparison = compared.get(nameOf(setting)) ?? new Comparison();
    const deadline = Date.now() + Number(values.patience) * 1000;
    for (;;) {
      load.pause();
      const patience = (deadline - Date.now()) / 1000;
      await waitForSilence(Number(values.noise), patience);
      load.goOn();
      await sleep(settleSeconds * 1000);
      const before = new Noise();
      load.turnPage();
      await sleep(Number(values.seconds) * 1000);
      const quiet = load.turnPage();
      const noiseBefore = before.percent;
      if (noiseBefore > Number(values.noise) && patience > 0) continue;
      const during = new Noise();
      const { rows, seconds, isOver } = await clean(deployment, setting);
      const cleaning = load.turnPage();
      const noise = Math.max(noiseBefore, during.percent);
      process.stderr.write(
        `${nameOf(setting)}: ${rows} rows in ${seconds.toFixed(1)} s, p99 ${quiet.latencies.quantiles().p99} -> ${cleaning.latencies.quantiles().p99} ms, others ${noise} %\n`,
      );
      if (isOver && isFresh) throw new Error('nothing was left before the time was over: raise --rows');
      if (isOver) return settings.slice(at);
      isFresh = false;
      if (noise > Number(values.noise) && patience > 0) continue;
      comparison.quiet.add(quiet);
      comparison.cleaning.add(cleaning);
      comparison.rows += rows;
      comparison.seconds += seconds;
      comparison.noise = Math.max(comparison.noise, noise);
      break;
    }
  }
  return [];
}

/** Lets a run work for some time, or until nothing is left. */
async function clean(
  deployment: Deployment,
  setting: Setting,
): Promise<{ readonly rows: number; readonly seconds: number; readonly isOver: boolean }> {
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
  if (why !== 'stop requested' && !why?.startsWith('done')) throw new Error(`the run stopped: ${why}`);
  return { rows, seconds, isOver: why !== 'stop requested' };
}

const deleted = async ({ query, plan }: Deployment): Promise<number> =>
  Number((await query(`SELECT COALESCE(SUM(deleted), 0) AS n FROM ${plan.names.runStep}`))[0]?.n);

function report(engine: Engine, compared: Map<string, Comparison>): unknown {
  const summary = [...compared].map(([name, { quiet, cleaning, rows, seconds, noise }]) => {
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
      othersPercent: noise,
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
      [
        'setting',
        ...heads.map((head) => `quiet ${head}`),
        ...heads,
        'p99 ×',
        'deadlocks',
        'errors',
        'rows/s',
        'others %',
      ],
      summary.map((one) => [
        one.setting,
        ...heads.map((head) => one.quiet[head]),
        ...heads.map((head) => one.cleaning[head]),
        ...[one.p99Ratio, one.deadlocks, one.errors.length, one.rowsPerSecond, one.othersPercent],
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
