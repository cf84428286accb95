import { DeepcleanError, exitCodes, PreflightError, UsageError } from '../../errors.js';
import { copyInto } from '../../operate/copy-into.js';
import type { Place } from '../../operate/place.js';
import { comesBack, isPruned, previewRestore } from '../../operate/preview-restore.js';
import { refuseAudit } from '../../operate/refuse-audit.js';
import { requireInstalled, requireLog } from '../../operate/require-installed.js';
import { explainRestore, placeOfRun, restoreRun } from '../../operate/restore-run.js';
import { splitRun } from '../../operate/split-run.js';
import { type Asked, type Selection, selectionOf } from '../../plan/selection.js';
import type { Plan } from '../../plan/types.js';
import { reportCopies } from '../../report/report-copies.js';
import { reportRestore } from '../../report/report-restore.js';
import { reportRestorePreview } from '../../report/report-restore-preview.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { isOn, numberFlag, switchOption, textFlag, textOption } from '../flags.js';
import type { Output } from '../output.js';
import { planNow, type Session, withSession } from '../session.js';
import { databaseOptions } from '../shared-options.js';
import { whileCounting } from '../while-counting.js';

/** Puts the rows of a run back. */
export const restore: Command = {
  usage: 'restore <run>',
  summary:
    'Put the rows that a run deleted back where they were, batch by batch; rows that are there again are left alone, and the exit code is 1 then. If it stops half-way, call it again: it goes on',
  positionals: { run: { type: 'string', describe: 'Number of the run, as `deepclean status` shows it' } },
  options: {
    ...databaseOptions,
    table: textOption('Only rows of this table, without those that refer to them'),
    'where-key': textOption(
      'Only rows of which the first key column is this value, such as a TOKEN_ID or a SESSION_ID, and what was deleted with them; COLUMN=value for a table other than the first',
    ),
    // The user of the connection has another name in every other command, so --user stays with it.
    'of-user': textOption(
      'Only rows of this user, as AUTHZ_USER, USER_NAME or USER_ID has it, and what was deleted with them',
    ),
    into: textOption(
      'Leave the product alone, and put the rows into tables of this schema (MySQL, MariaDB: database), which must not be there',
    ),
    plan: switchOption(
      'Count what would come back and what would not, and change nothing; exit code 1 if not all would',
    ),
  },
  examples: [
    [`restore 42 --plan --url ${exampleUrl}`, 'what would come back'],
    [`restore 42 --url ${exampleUrl}`, 'undo run 42'],
    [`restore 42 --where-key 7c1f… --url ${exampleUrl}`, 'one token, with its scopes'],
    [`restore 42 --of-user alice --into review --url ${exampleUrl}`, 'look at the tokens of a user'],
  ],
  run: (flags, output) => {
    const runId = numberFlag(flags, 'run') ?? 0;
    const asked: Asked = {
      table: textFlag(flags, 'table'),
      key: textFlag(flags, 'where-key'),
      user: textFlag(flags, 'of-user'),
    };
    const into = textFlag(flags, 'into');
    if (into !== undefined && isOn(flags, 'plan')) {
      throw new UsageError('--into and --plan exclude each other.', { next: 'Leave out one of them.' });
    }
    return withSession(flags, output, async (session) => {
      const { connection, places } = session;
      const [any] = places;
      if (any === undefined) return exitCodes.ok;
      await requireLog(connection, any);
      const place = await placeOfRun(connection, places, runId);
      await refuseAudit(connection, place, runId, session.config.prefix);
      if (into === undefined) await requireInstalled(connection, place, ['restore', 'procedure']);
      const isPart = Object.values(asked).some((value) => value !== undefined);
      if (!isPart && into === undefined && !isOn(flags, 'plan')) return wholeRun(session, place, runId, output);
      const plan = await planOf(session, place);
      const selection = isPart ? selectionOf(asked, plan) : undefined;
      if (into !== undefined) {
        const copied = await copyInto(connection, place, plan, runId, into, selection);
        output.report(reportCopies(runId, into, copied));
        return exitCodes.ok;
      }
      if (isOn(flags, 'plan')) return preview(session, place, plan, runId, output, selection);
      return selection === undefined
        ? wholeRun(session, place, runId, output)
        : part(session, place, plan, runId, output, selection);
    });
  },
};

async function planOf(session: Session, place: Place): Promise<Plan> {
  const { plan, problems } = await planNow(session, place);
  if (plan === undefined) throw new PreflightError('The live schema does not fit this cleanup any more.', problems);
  return plan;
}

async function wholeRun(session: Session, place: Place, runId: number, output: Output): Promise<number> {
  const { connection } = session;
  const restore = await restoreRun(connection, place, runId);
  const isWhole = restore?.steps.every(({ seen, restored }) => seen === restored) ?? true;
  // Rows are back: what tells why others are not must not keep that from being told.
  const { plan } = isWhole ? { plan: undefined } : await planNow(session, place).catch(() => ({ plan: undefined }));
  const tables = await explainRestore(connection, place, plan, { runId, restore, kept: new Map() });
  output.report(reportRestore(runId, restore?.runId, tables, place.policy.name));
  return tables.some(({ leftAlone }) => leftAlone > 0) ? exitCodes.different : exitCodes.ok;
}

async function part(
  session: Session,
  place: Place,
  plan: Plan,
  runId: number,
  output: Output,
  selection: Selection,
): Promise<number> {
  const { connection } = session;
  const { runId: partId, parentGone: kept } = await splitRun(connection, place, plan, runId, selection);
  const restored = partId === undefined ? undefined : await restorePart(session, place, partId, runId);
  const tables = await explainRestore(connection, place, plan, { runId: partId ?? runId, restore: restored, kept });
  output.report(reportRestore(runId, restored?.runId, tables, place.policy.name, partId));
  return tables.some(({ leftAlone }) => leftAlone > 0) ? exitCodes.different : exitCodes.ok;
}

async function restorePart({ connection }: Session, place: Place, partId: number, runId: number) {
  try {
    return await restoreRun(connection, place, partId);
  } catch (error) {
    if (!(error instanceof DeepcleanError) || partId === runId) throw error;
    throw new DeepcleanError(error.code, error.exitCode, error.message, {
      cause: error,
      next: `The selected rows are kept as run ${partId} now: \`deepclean restore ${partId}\` goes on.`,
    });
  }
}

async function preview(
  session: Session,
  place: Place,
  plan: Plan,
  runId: number,
  output: Output,
  selection: Selection | undefined,
): Promise<number> {
  const { connection } = session;
  const tables = await whileCounting(connection, output, () =>
    previewRestore(connection, place, plan, runId, selection),
  );
  output.report(reportRestorePreview(runId, tables, selection?.words));
  const comesWhole = tables.every((table) => !isPruned(table) && comesBack(table) === table.selected);
  return comesWhole ? exitCodes.ok : exitCodes.different;
}
