import { exitCodes, UsageError } from '../../errors.js';
import { requireInstalled } from '../../operate/require-installed.js';
import { changeSettings, readSettings } from '../../operate/settings.js';
import { type Report, together } from '../../report/report.js';
import { reportSettings } from '../../report/report-settings.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { textFlag, textFlags } from '../flags.js';
import { placesChosen, type Session, withSession } from '../session.js';
import { chosenCleanup, cleanupOption, databaseOptions } from '../shared-options.js';

/** Lists and changes the live settings. */
export const settings: Command = {
  usage: 'settings [changes..]',
  summary: 'List the live settings, or change them; a running cleanup follows with its next batch',
  positionals: {
    changes: { type: 'string', array: true, describe: 'name=value; any number of them, all or none is changed' },
  },
  options: { ...databaseOptions, ...cleanupOption },
  examples: [
    [`settings --url ${exampleUrl}`, 'all of them, and what is allowed'],
    ['settings --cleanup tokens duty_percent=10 --url …', 'slow down a run that is going on'],
    ['settings --cleanup all enabled=no --url …', 'nothing is cleaned any more'],
  ],
  run: (flags, output) => {
    const changes = Object.fromEntries(textFlags(flags, 'changes').map(pairOf));
    const names = Object.keys(changes);
    // A list of all does no harm; a change must say what it is for.
    const cleanup =
      names.length === 0 ? (textFlag(flags, 'cleanup') ?? 'all') : chosenCleanup(flags, `${names.join(', ')} is for`);
    const work = async ({ connection, places }: Session): Promise<number> => {
      const chosen = await placesChosen(connection, places, cleanup);
      for (const place of chosen) await requireInstalled(connection, place, ['setting']);
      if (names.length > 0) await changeSettings(connection, chosen, changes);
      const reports: Report[] = [];
      for (const place of chosen) {
        reports.push(reportSettings(place.names.procedure, await readSettings(connection, place), names));
      }
      output.report(together(reports));
      return exitCodes.ok;
    };
    return withSession(flags, output, work, cleanup);
  },
};

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`${text} is no change.`, { next: 'Write name=value, such as pause_ms=200.' });
  return [text.slice(0, at), text.slice(at + 1)];
}
