import { exitCodes, PreflightError } from '../../errors.js';
import type { Place } from '../../operate/place.js';
import { comesBack, isPruned, previewRestore } from '../../operate/preview-restore.js';
import { requireInstalled, requireLog } from '../../operate/require-installed.js';
import { placeOfRun, restoreRun } from '../../operate/restore-run.js';
import { reportRestore } from '../../report/report-restore.js';
import { reportRestorePreview } from '../../report/report-restore-preview.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { isOn, numberFlag, switchOption } from '../flags.js';
import type { Output } from '../output.js';
import { planNow, type Session, withSession } from '../session.js';
import { databaseOptions } from '../shared-options.js';
import { whileCounting } from '../while-counting.js';

/** Puts the rows of a run back. */
export const restore: Command = {
  usage: 'restore <run>',
  summary:
    'Put the rows that a run deleted back where they were, batch by batch; rows that are there again are left alone. If it stops half-way, call it again: it goes on',
  positionals: { run: { type: 'string', describe: 'Number of the run, as `deepclean status` shows it' } },
  options: {
    ...databaseOptions,
    plan: switchOption(
      'Count what would come back and what would not, and change nothing; exit code 1 if not all would',
    ),
  },
  examples: [
    [`restore 42 --plan --url ${exampleUrl}`, 'what would come back'],
    [`restore 42 --url ${exampleUrl}`, 'undo run 42'],
  ],
  run: (flags, output) => {
    const runId = numberFlag(flags, 'run') ?? 0;
    return withSession(flags, output, async (session) => {
      const { connection, places } = session;
      const [any] = places;
      if (any === undefined) return exitCodes.ok;
      await requireLog(connection, any);
      const place = await placeOfRun(connection, places, runId);
      await requireInstalled(connection, place, ['restore', 'procedure']);
      if (isOn(flags, 'plan')) return preview(session, place, runId, output);
      const done = await restoreRun(connection, place, runId);
      if (done) output.report(reportRestore(runId, done, place.policy.name));
      return exitCodes.ok;
    });
  },
};

async function preview(session: Session, place: Place, runId: number, output: Output): Promise<number> {
  const { connection } = session;
  const { plan, problems } = await planNow(session, place);
  if (plan === undefined) throw new PreflightError('The live schema does not fit this cleanup any more.', problems);
  const tables = await whileCounting(connection, output, () => previewRestore(connection, place, plan, runId));
  output.report(reportRestorePreview(runId, tables));
  const comesWhole = tables.every((table) => !isPruned(table) && comesBack(table) === table.kept);
  return comesWhole ? exitCodes.ok : exitCodes.different;
}
