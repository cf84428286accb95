import { exitCodes } from '../../errors.js';
import { isRunning, requestStop, waitForEnd } from '../../operate/request-stop.js';
import { requireInstalled } from '../../operate/require-installed.js';
import { reportStop, type StopState } from '../../report/report-stop.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { isOn, numberFlag, switchOption, textFlag, textOption } from '../flags.js';
import { placeNamed, type Session, withSession } from '../session.js';
import { databaseOptions } from '../shared-options.js';

/** Stops a run after its current batch. */
export const stop: Command = {
  usage: 'stop <cleanup>',
  summary: 'Ask the run that is going on to stop after its current batch',
  positionals: {
    cleanup: { type: 'string', describe: 'Name of the procedure or of its policy: cleanup_tokens, tokens' },
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
      const place = placeNamed(places, cleanup);
      await requireInstalled(connection, place, ['setting', 'procedure']);
      const finish = (state: StopState): number => {
        output.report(reportStop(place.names.procedure, state));
        return state === 'still running' ? exitCodes.different : exitCodes.ok;
      };
      if (!(await isRunning(connection, place))) return finish('not running');
      await requestStop(connection, place);
      if (!isOn(flags, 'wait')) return finish('requested');
      output.note('Waiting for the end of the current batch …');
      return finish((await waitForEnd(connection, place, { timeoutMs })) ? 'ended' : 'still running');
    };
    return withSession(flags, output, work, cleanup);
  },
};
