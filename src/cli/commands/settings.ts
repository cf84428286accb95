import { exitCodes, UsageError } from '../../errors.js';
import { requireInstalled } from '../../operate/require-installed.js';
import { changeSettings, readSettings } from '../../operate/settings.js';
import { reportSettings } from '../../report/report-settings.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { textFlag, textFlags, textOption } from '../flags.js';
import { placeNamed, type Session, withSession } from '../session.js';
import { databaseOptions } from '../shared-options.js';

/** Lists and changes the live settings. */
export const settings: Command = {
  usage: 'settings [changes..]',
  summary: 'List the live settings, or change them; a running cleanup follows with its next batch',
  positionals: {
    changes: { type: 'string', array: true, describe: 'name=value; any number of them, all or none is changed' },
  },
  options: { ...databaseOptions, cleanup: textOption('Name of the procedure or of its policy', { default: 'tokens' }) },
  examples: [
    [`settings --url ${exampleUrl}`, 'all of them, and what is allowed'],
    ['settings pause_ms=200 batch_target_ms=100 --url …', 'slow down a run that is going on'],
  ],
  run: (flags, output) => {
    const changes = Object.fromEntries(textFlags(flags, 'changes').map(pairOf));
    const cleanup = textFlag(flags, 'cleanup') ?? '';
    const work = async ({ connection, places }: Session): Promise<number> => {
      const place = placeNamed(places, cleanup);
      await requireInstalled(connection, place, ['setting']);
      const names = Object.keys(changes);
      const now =
        names.length === 0 ? await readSettings(connection, place) : await changeSettings(connection, place, changes);
      output.report(reportSettings(place.names.procedure, now, names));
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
