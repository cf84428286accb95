import { exitCodes } from '../../errors.js';
import { readBacklog } from '../../operate/read-backlog.js';
import { installedPlaces, requireInstalled } from '../../operate/require-installed.js';
import { reportBacklog } from '../../report/report-backlog.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { textFlag } from '../flags.js';
import { placeNamed, type Session, withSession } from '../session.js';
import { databaseOptions } from '../shared-options.js';
import { whileCounting } from '../while-counting.js';

/** What the next run would delete. */
export const backlog: Command = {
  usage: 'backlog [cleanup]',
  summary: 'Count the dead rows by table and reason, and show the oldest; reads whole tables',
  positionals: { cleanup: { type: 'string', describe: 'Name of the procedure or of its policy; all unless given' } },
  options: databaseOptions,
  examples: [[`backlog --url ${exampleUrl}`, 'what the next run would delete']],
  run: (flags, output) => {
    const cleanup = textFlag(flags, 'cleanup');
    const work = async ({ connection, places }: Session): Promise<number> => {
      const backlogs: Record<string, Awaited<ReturnType<typeof readBacklog>>> = {};
      const chosen = cleanup === undefined ? await installedPlaces(connection, places) : [placeNamed(places, cleanup)];
      for (const place of chosen) await requireInstalled(connection, place, ['backlog', 'setting']);
      await whileCounting(connection, output, async (goOn) => {
        for (const place of chosen) {
          goOn();
          backlogs[place.names.procedure] = await readBacklog(connection, place);
        }
      });
      output.report(reportBacklog(backlogs));
      return exitCodes.ok;
    };
    return withSession(flags, output, work, cleanup);
  },
};
