/**
 * Side by side on the same data in the same run: our procedure, the one-statement DELETE that nobody dares to run, and,
 * for tokens, the classical chunk-table algorithm (whole tables copied first where a backup is wanted). Also how long
 * choosing takes, as a run that deletes nothing tells. Prints JSON: seconds, rows per second, ratios.
 *
 *   npx tsx test/bench/bench.ts [--subject tokens] [--rows 200000] [--repeat 3] [--engines postgresql,mariadb,mysql]
 *     [--contenders 'deepclean, no backup|deepclean, choosing only']
 */
import { parseArgs } from 'node:util';
import { completeSchema } from '../support/data/later-tables.js';
import { change, type Deployment, deploy } from '../support/deployment.js';
import { acquireEngine } from '../support/engines/acquire.js';
import type { Engine, EngineName } from '../support/engines/types.js';
import { registryLog } from './registry-log.js';
import { sessions } from './sessions.js';
import type { Subject } from './subject.js';
import { tokens } from './tokens.js';

const subjects: Readonly<Record<string, Subject>> = { tokens, sessions, 'registry-log': registryLog };

const { values } = parseArgs({
  options: {
    subject: { type: 'string', default: 'tokens' },
    rows: { type: 'string' },
    repeat: { type: 'string', default: '3' },
    engines: { type: 'string', default: 'postgresql,mariadb,mysql' },
    contenders: { type: 'string' },
  },
});
const repeat = Number(values.repeat);

/** A way to delete. */
interface Contender {
  readonly backup: 'deleted-rows' | 'none';
  readonly run: (deployment: Deployment) => Promise<unknown>;
}

const ours = ({ query, plan }: Deployment): Promise<unknown> => query(`CALL ${plan.names.procedure}()`);

async function oursDry(deployment: Deployment): Promise<void> {
  await change(deployment, { dry_run: 'yes' });
  await ours(deployment);
}

function contendersFor({ oneStatement, chunkTables }: Subject): Readonly<Record<string, Contender>> {
  return {
    'one statement': { backup: 'none', run: oneStatement },
    'deepclean, no backup': { backup: 'none', run: ours },
    'deepclean, deleted rows kept': { backup: 'deleted-rows', run: ours },
    'deepclean, choosing only': { backup: 'none', run: oursDry },
    ...(chunkTables && {
      'chunk tables, no backup': { backup: 'none', run: (deployment) => chunkTables(deployment, false) },
      'chunk tables, whole tables copied': { backup: 'none', run: (deployment) => chunkTables(deployment, true) },
    }),
  };
}

async function main(): Promise<void> {
  const subject = subjects[values.subject];
  if (subject === undefined) throw new Error(`no subject ${values.subject}: ${Object.keys(subjects).join(', ')}`);
  const rows = Number(values.rows ?? subject.rows);
  const results: Record<string, unknown> = {};
  for (const name of values.engines.split(',')) {
    const engine = await acquireEngine(name as EngineName, {
      private: true,
      durable: true,
      // As a server that is fit for its data: else the first to read a row pays for the disk, and choosing comes first.
      arguments: name === 'postgresql' ? ['-c', 'shared_buffers=2GB'] : ['--innodb-buffer-pool-size=2G'],
    });
    if (engine === undefined) {
      results[name] = 'not available on this machine';
      continue;
    }
    try {
      results[name] = await measure(engine, subject, rows);
    } finally {
      await engine.stop();
    }
  }
  console.log(JSON.stringify({ subject: values.subject, rows, repeat, results }, null, 2));
}

async function measure(engine: Engine, subject: Subject, rows: number): Promise<unknown> {
  const contenders = contendersFor(subject);
  const seconds: Record<string, number[]> = {};
  let longestBatchMs = 0;
  const chosen = values.contenders?.split('|');
  const names = Object.keys(contenders).filter((name) => chosen?.includes(name) ?? true);
  for (let round = 0; round < repeat; round += 1) {
    // Every other round in reverse, so that none always has the warmer machine.
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const contender = contenders[name];
      if (contender === undefined) continue;
      const deployment = await deploy(engine, {
        backup: contender.backup,
        policy: subject.policy,
        tables: subject.tables,
        ...(subject !== tokens && { schema: completeSchema(engine.dialect) }),
      });
      await subject.fill(deployment, rows);
      const began = performance.now();
      await contender.run(deployment);
      const took = (performance.now() - began) / 1000;
      seconds[name] = [...(seconds[name] ?? []), took];
      const left = await count(deployment, subject.table);
      const expected = contender.run === oursDry ? rows : subject.survivors(rows);
      if (left !== expected) throw new Error(`${engine.name}, ${name}: ${left} rows are left, not ${expected}`);
      if (contender.run === ours) longestBatchMs = Math.max(longestBatchMs, await longestBatch(deployment));
      process.stderr.write(`${engine.name} ${engine.version}: ${name}: ${took.toFixed(2)} s\n`);
      await deployment.database.drop();
    }
  }
  const median = (name: string): number =>
    [...(seconds[name] ?? [])].sort((a, b) => a - b)[Math.floor(repeat / 2)] ?? Number.NaN;
  const ratio = (name: string, other: string): number => Number((median(other) / median(name)).toFixed(2));
  const dead = rows - subject.survivors(rows);
  const choosing = median('deepclean, choosing only');
  return {
    version: engine.version,
    medianSeconds: Object.fromEntries(names.map((name) => [name, Number(median(name).toFixed(2))])),
    deadRowsPerSecond: Object.fromEntries(names.map((name) => [name, Math.round(dead / median(name))])),
    ratios: {
      'no backup, to the one-statement DELETE': ratio('deepclean, no backup', 'one statement'),
      'choosing to deleting': Number((choosing / (median('deepclean, no backup') - choosing)).toFixed(2)),
      ...(subject.chunkTables && {
        'no backup, to chunk tables': ratio('deepclean, no backup', 'chunk tables, no backup'),
        'with backup, to chunk tables that copy whole tables': ratio(
          'deepclean, deleted rows kept',
          'chunk tables, whole tables copied',
        ),
      }),
    },
    longestBatchMs,
  };
}

const count = async ({ query }: Deployment, table: string): Promise<number> =>
  Number((await query(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n);

const longestBatch = async ({ query, plan }: Deployment): Promise<number> =>
  Number((await query(`SELECT MAX(longest_batch_ms) AS n FROM ${plan.names.runStep}`))[0]?.n);

await main();
