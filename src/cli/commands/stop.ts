import { exitCodes } from '../../errors.js';
import type { Place } from '../../operate/place.js';
import { isRunning, requestStop, waitForEnd } from '../../operate/request-stop.js';
import { requireInstalled } from '../../operate/require-installed.js';
import { together } from '../../report/report.js';
import { reportStop, type StopState } from '../../report/report-stop.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { isOn, numberFlag, switchOption, textFlag, textOption } from '../flags.js';
import { placesChosen, type Session, withSession } from '../session.js';
import { databaseOptions } from '../shared-options.js';

/** Stops a run after its current batch. */
export const stop: Command = {
  usage: 'stop <cleanup>',
  summary: 'Ask the runs of a cleanup, or of all, to stop after their current batch',
  positionals: {
    cleanup: { type: 'string', describe: 'Names of procedures or of their policies, with commas between; or all' },
  },
  options: {
    ...databaseOptions,
    wait: switchOption('Wait until the run has ended; exit 1 when it has not in time'),
    'wait-seconds': textOption('How long to wait', { default: '60' }),
  },
  examples: [[`stop cleanup_tokens --url ${exampleUrl} --wait`, 'stop, and wait for the end']],
  run: (flags, output) => {
    const cleanup = textFlag(flags, 'cleanup') ?? '';
    const timeoutMs = (numberFlag(flags, 'wait-seconds') ?? 60) * 1000;
    const work = async ({ connection, places }: Session): Promise<number> => {
      const chosen = await placesChosen(connection, places, cleanup);
      const states = new Map<Place, StopState>();
      // All are asked before any is waited for.
      for (const place of chosen) {
        await requireInstalled(connection, place, ['setting', 'procedure']);
        const runs = await isRunning(connection, place);
        if (runs) await requestStop(connection, place);
        states.set(place, runs ? 'requested' : 'not running');
      }
      for (const [place, state] of states) {
        if (state !== 'requested' || !isOn(flags, 'wait')) continue;
        output.note('Waiting for the end of the current batch …');
        states.set(place, (await waitForEnd(connection, place, { timeoutMs })) ? 'ended' : 'still running');
      }
      output.report(together([...states].map(([{ names }, state]) => reportStop(names.procedure, state))));
      return [...states.values()].includes('still running') ? exitCodes.different : exitCodes.ok;
    };
    return withSession(flags, output, work, cleanup);
  },
};
