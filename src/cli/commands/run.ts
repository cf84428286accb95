import type { Connection, Dialect } from '../../dialects/dialect.js';
import { exitCodes, PreflightError } from '../../errors.js';
import type { Place } from '../../operate/place.js';
import { progressOf } from '../../operate/progress.js';
import { readBacklog, totalOf } from '../../operate/read-backlog.js';
import { requestStop } from '../../operate/request-stop.js';
import { requireGrants } from '../../operate/require-grants.js';
import { logObjects, requireInstalled } from '../../operate/require-installed.js';
import { runCleanup } from '../../operate/run-cleanup.js';
import { readSettings, unreadable } from '../../operate/settings.js';
import { plural } from '../../report/format.js';
import { reportRun } from '../../report/report-run.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { isOn, switchOption, textFlag } from '../flags.js';
import { type AskedHealth, healthAsked, healthOptions, replicasAsked, watchHealth } from '../health-watch.js';
import { watchInterrupts } from '../interrupts.js';
import type { Output } from '../output.js';
import { createProgressView } from '../progress-view.js';
import { placeNamed, planNow, type Session, withSession } from '../session.js';
import { databaseOptions } from '../shared-options.js';
import { whileCounting } from '../while-counting.js';

const pollMs = 500;

/** How long the server may take to notice that its client has gone, milliseconds. */
const goodbyeMs = 3000;

/** Runs a cleanup now. */
export const run: Command = {
  usage: 'run <cleanup>',
  summary: 'Run a cleanup now and follow it; Ctrl-C stops it after the current batch',
  positionals: {
    cleanup: { type: 'string', describe: 'Name of the procedure or of its policy: cleanup_tokens, tokens' },
  },
  options: {
    ...databaseOptions,
    'dry-run': switchOption('Count what is dead and delete nothing'),
    'no-backlog': switchOption('Do not count what is dead before the start; there is no estimate then'),
    ...healthOptions,
  },
  examples: [
    [`run cleanup_tokens --url ${exampleUrl}`, 'clean now'],
    ['run tokens --dry-run --json', 'what would go, for a program; the URL comes from DEEPCLEAN_URL'],
    ['run tokens --health-url http://127.0.0.1:8080/replicas', 'rest while replicas lag, as that page tells'],
    ['run tokens --watch-replica mysql://wso2@replica/apim_db', 'rest while that replica is 10 s or more behind'],
  ],
  run: (flags, output) => {
    const cleanup = textFlag(flags, 'cleanup') ?? '';
    const byUrl = healthAsked(flags);
    const work = async (session: Session): Promise<number> => {
      const { config, connection, dialect, places, connectAgain } = session;
      const place = placeNamed(places, cleanup);
      const health = [...byUrl, ...replicasAsked(flags, session)];
      const counts = !isOn(flags, 'no-backlog');
      await requireInstalled(connection, place, [
        ...logObjects,
        'setting',
        'procedure',
        ...(counts ? ['backlog' as const] : []),
      ]);
      await refuseReadOnly(connection, dialect, config.settings.allow_read_only === 'yes');
      for (const setting of await readSettings(connection, place)) {
        const why = unreadable(setting);
        if (why !== undefined) output.note(`warning: setting ${setting.name}=${setting.value}: ${why}`);
      }
      // Where the live schema no longer gives a plan, the procedure itself finds out and refuses.
      const { plan } = await planNow(session, place);
      if (plan) await requireGrants(connection, place, plan);
      const dryRun = isOn(flags, 'dry-run');
      return runAndReport({ follower: connection, connectCaller: connectAgain, place, counts, dryRun, health, output });
    };
    return withSession(flags, output, work, cleanup);
  },
};

interface RunRequest {
  readonly connectCaller: () => Promise<Connection>;
  readonly follower: Connection;
  readonly place: Place;
  readonly counts: boolean;
  readonly dryRun: boolean;
  readonly health: readonly AskedHealth[];
  readonly output: Output;
}

async function runAndReport(request: RunRequest): Promise<number> {
  const { connectCaller, follower, place, counts, dryRun, health, output } = request;
  if (counts) output.note('Counting what is dead …');
  const backlog = counts ? await whileCounting(follower, output, () => readBacklog(follower, place)) : undefined;
  if (backlog)
    output.note(
      `${plural(totalOf(backlog), 'dead row')} in ${plural(new Set(backlog.map(({ table }) => table)).size, 'table')}.`,
    );
  // Only now: a session that lies idle while another one counts may be ended by the server.
  const caller = await connectCaller();
  const view = createProgressView(output, backlog && totalOf(backlog));
  let [interrupted, isOver] = [false, false];
  const stopWatching = watchInterrupts(
    () => {
      view.stop();
      isOver = true;
      output.note('Stopping after the current batch; press Ctrl-C again to leave at once.');
      requestStop(follower, place).catch((error: unknown) => output.fail(error));
    },
    () => {
      interrupted = true;
      output.note(
        'Left. The stop is asked for: what was committed stays deleted, and `deepclean status` tells the rest.',
      );
      caller.destroy();
      setTimeout(() => process.exit(exitCodes.interrupted), goodbyeMs).unref();
    },
  );
  // A run that begins now would take no notice of a stop that was asked for before.
  const endWatch = health.length > 0 ? await watchHealth(health, follower, place, output) : undefined;
  const startedAtMs = Date.now();
  try {
    if (isOver) return exitCodes.interrupted;
    const outcome = await runCleanup(caller, follower, place, {
      dryRun,
      pollMs,
      onProgress: (_, steps) => view.update(progressOf(place, steps, Date.now() - startedAtMs, backlog)),
    });
    view.stop();
    if (interrupted) return exitCodes.interrupted;
    if (outcome.run) output.report(reportRun(outcome.run));
    if (outcome.failure) throw outcome.failure;
    return outcome.run?.status === 'ended' ? exitCodes.ok : exitCodes.different;
  } finally {
    view.stop();
    stopWatching();
    await endWatch?.();
  }
}

async function refuseReadOnly(connection: Connection, dialect: Dialect, isMeant: boolean): Promise<void> {
  const { readOnly, overriddenReadOnly } = await dialect.catalog.readServer(connection);
  if (readOnly === undefined && overriddenReadOnly !== undefined && !isMeant) {
    throw new PreflightError('This server is set to read only; nothing was changed.', [
      {
        what: `The server is set to read only, though this user may write: ${overriddenReadOnly}`,
        next: 'Connect to the primary server. If you mean this one, say so with --set allow_read_only=yes, and set the live setting of the same name.',
      },
    ]);
  }
  if (readOnly === undefined) return;
  throw new PreflightError('This server takes no writes; nothing was changed.', [
    { what: `The server refuses writes: ${readOnly}`, next: 'Connect to the primary server.' },
  ]);
}
