import { exitCodes, UsageError } from '../../errors.js';
import { withRestores } from '../../operate/read-restores.js';
import { readRun, readRuns } from '../../operate/read-runs.js';
import { isRunning } from '../../operate/request-stop.js';
import { logObjects, requireInstalled } from '../../operate/require-installed.js';
import type { Run } from '../../operate/run-types.js';
import { readSettings, type Setting } from '../../operate/settings.js';
import { reportRuns } from '../../report/report-runs.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { isOn, numberFlag, switchOption, textOption } from '../flags.js';
import { type Session, withSession } from '../session.js';
import { databaseOptions } from '../shared-options.js';

/** The run history. */
export const status: Command = {
  usage: 'status',
  summary: 'Show the latest runs, what the last one did, and why each stopped',
  options: {
    ...databaseOptions,
    last: textOption('How many runs', { default: '10' }),
    run: textOption('Show this run in full instead of the last one'),
    settings: switchOption('Show the settings that differ from the defaults'),
  },
  examples: [
    [`status --url ${exampleUrl}`, 'the last ten runs'],
    ['status --run 42 --json', 'one run, for a program'],
  ],
  run: (flags, output) => {
    const last = numberFlag(flags, 'last') ?? 10;
    const asked = numberFlag(flags, 'run');
    return withSession(flags, output, async (session) => {
      const { connection, places } = session;
      const [place] = places;
      if (place === undefined) return exitCodes.ok;
      const withSettings = isOn(flags, 'settings');
      await requireInstalled(connection, place, [...logObjects, 'setting']);
      const runs = await withRestores(connection, places, await readRuns(connection, place, { last }));
      const runId = asked ?? runs[0]?.runId;
      const found = runId === undefined ? undefined : await readRun(connection, place, runId);
      const [chosen] = found === undefined ? [] : await withRestores(connection, places, [found]);
      if (asked !== undefined && chosen === undefined) {
        throw new UsageError(`There is no run ${asked}.`, { next: 'Leave --run out to see the latest runs.' });
      }
      output.report(
        reportRuns({
          runs,
          running: await runningNow(session, runs),
          ...(chosen && { chosen }),
          settings: await settingsOf(session),
          withSettings,
        }),
      );
      return exitCodes.ok;
    });
  },
};

async function runningNow({ connection, places }: Session, runs: readonly Run[]): Promise<readonly string[]> {
  const running: string[] = [];
  // One after the other: a connection answers one question at a time.
  for (const place of places) {
    const { procedure } = place.names;
    const isInLog = () => runs.some((run) => run.procedure === procedure && run.status === 'running');
    if (await isRunning(connection, place, isInLog)) running.push(procedure);
  }
  return running;
}

async function settingsOf({ connection, places }: Session): Promise<Readonly<Record<string, readonly Setting[]>>> {
  const settings: Record<string, readonly Setting[]> = {};
  for (const place of places) settings[place.names.procedure] = await readSettings(connection, place);
  return settings;
}
