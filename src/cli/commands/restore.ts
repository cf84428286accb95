import { exitCodes } from '../../errors.js';
import { requireInstalled, requireLog } from '../../operate/require-installed.js';
import { placeOfRun, restoreRun } from '../../operate/restore-run.js';
import { reportRestore } from '../../report/report-restore.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { numberFlag } from '../flags.js';
import { withSession } from '../session.js';
import { databaseOptions } from '../shared-options.js';

/** Puts the rows of a run back. */
export const restore: Command = {
  usage: 'restore <run>',
  summary:
    'Put the rows that a run deleted back where they were, batch by batch; rows that are there again are left alone. If it stops half-way, call it again: it goes on',
  positionals: { run: { type: 'string', describe: 'Number of the run, as `deepclean status` shows it' } },
  options: databaseOptions,
  examples: [[`restore 42 --url ${exampleUrl}`, 'undo run 42']],
  run: (flags, output) => {
    const runId = numberFlag(flags, 'run') ?? 0;
    return withSession(flags, output, async ({ connection, places }) => {
      const [any] = places;
      if (any === undefined) return exitCodes.ok;
      await requireLog(connection, any);
      const place = await placeOfRun(connection, places, runId);
      await requireInstalled(connection, place, ['restore', 'procedure']);
      const done = await restoreRun(connection, place, runId);
      if (done) output.report(reportRestore(runId, done, place.policy.name));
      return exitCodes.ok;
    });
  },
};
