import { DeepcleanError, exitCodes, PreflightError, UsageError } from '../../errors.js';
import { copyInto } from '../../operate/copy-into.js';
import type { Place } from '../../operate/place.js';
import { comesBack, isPruned, previewRestore } from '../../operate/preview-restore.js';
import { refuseAudit } from '../../operate/refuse-audit.js';
import { requireInstalled, requireLog } from '../../operate/require-installed.js';
import { restorableRuns, type Span, spanInWords } from '../../operate/restorable-runs.js';
import { explainRestore, placeOfRun, type RestoredTable, restoreRun } from '../../operate/restore-run.js';
import type { Run } from '../../operate/run-types.js';
import { splitRun } from '../../operate/split-run.js';
import { type Asked, type Selection, selectionOf } from '../../plan/selection.js';
import type { Plan } from '../../plan/types.js';
import { type Report, together } from '../../report/report.js';
import { reportCopies } from '../../report/report-copies.js';
import { reportRestore } from '../../report/report-restore.js';
import { reportRestorePreview } from '../../report/report-restore-preview.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { type Flags, isOn, momentFlag, numberFlag, switchOption, textFlag, textOption } from '../flags.js';
import type { Output } from '../output.js';
import { placesNamed, planNow, type Session, withSession } from '../session.js';
import { cleanupOption, databaseOptions } from '../shared-options.js';
import { whileCounting } from '../while-counting.js';

/** Which runs are to be restored: one, or all that began in a span of time. */
type Wanted = { readonly runId: number } | Span;

/** What is to become of each. */
interface Request {
  readonly into?: string;
  readonly preview: boolean;
  /** Only a part of the run's rows. */
  readonly asked?: Asked;
}

/** What became of one run. */
interface Outcome {
  readonly report: Report;
  readonly exitCode: number;
}

/** Puts the rows of a run back. */
export const restore: Command = {
  usage: 'restore [run]',
  summary:
    'Put the rows that a run deleted back where they were, batch by batch; rows that are there again are left alone, and the exit code is 1 then. If it stops half-way, call it again: it goes on',
  positionals: { run: { type: 'string', describe: 'Number of the run, as `deepclean status` shows it' } },
  options: {
    ...databaseOptions,
    ...cleanupOption,
    since: textOption(
      'Instead of one run: all that began at this time in UTC or later, such as 2026-11-30T02:00, the last one first',
    ),
    until: textOption('With --since: only runs that began before this time in UTC'),
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
    [`restore --since 2026-11-30T02:00 --plan --url ${exampleUrl}`, 'what all runs since then deleted'],
  ],
  run: (flags, output) => {
    const wanted = wantedRuns(flags);
    const request = requestOf(flags);
    return withSession(flags, output, async (session) => {
      const { connection, places } = session;
      const [any] = places;
      if (any === undefined) return exitCodes.ok;
      await requireLog(connection, any);
      if ('runId' in wanted) {
        const { report, exitCode } = await restoreOne(session, wanted.runId, request, output);
        output.report(report);
        return exitCode;
      }
      const chosen = placesNamed(places, textFlag(flags, 'cleanup') ?? 'all');
      const runs = await restorableRuns(connection, chosen, wanted);
      if (runs.length === 0) {
        throw new UsageError(`No run that keeps rows began ${spanInWords(wanted)}.`, {
          next: 'List the runs with `deepclean status --last 100`. Times are UTC.',
        });
      }
      return restoreAll(session, runs, request, output);
    });
  },
};

function wantedRuns(flags: Flags): Wanted {
  const runId = numberFlag(flags, 'run');
  const since = momentFlag(flags, 'since');
  const until = momentFlag(flags, 'until');
  if (runId !== undefined && (since ?? until) !== undefined) {
    throw new UsageError('A run and --since or --until exclude each other.', { next: 'Leave out one of them.' });
  }
  if (runId !== undefined) return { runId };
  if (since === undefined) {
    throw new UsageError('Which run?', {
      next: 'Name its number, as `deepclean status` shows it, or give --since <time in UTC>.',
    });
  }
  if (until !== undefined && until <= since) {
    throw new UsageError('--until is not after --since.', { next: 'No run can begin between the two.' });
  }
  return { since, ...(until !== undefined && { until }) };
}

function requestOf(flags: Flags): Request {
  const asked: Asked = {
    table: textFlag(flags, 'table'),
    key: textFlag(flags, 'where-key'),
    user: textFlag(flags, 'of-user'),
  };
  const into = textFlag(flags, 'into');
  const preview = isOn(flags, 'plan');
  if (into !== undefined && preview) {
    throw new UsageError('--into and --plan exclude each other.', { next: 'Leave out one of them.' });
  }
  if (into !== undefined && textFlag(flags, 'since') !== undefined) {
    throw new UsageError('--into takes one run: its tables must not be there yet.', {
      next: 'Name the run, and another schema for the next one.',
    });
  }
  const isPart = Object.values(asked).some((value) => value !== undefined);
  return { preview, ...(into !== undefined && { into }), ...(isPart && { asked }) };
}

/** One after the other. What was done is reported even if one of them cannot be restored. */
async function restoreAll(session: Session, runs: readonly Run[], request: Request, output: Output): Promise<number> {
  const done: Outcome[] = [];
  try {
    for (const { runId, startedAt, procedure } of runs) {
      output.note(`${request.preview ? 'Looking at' : 'Restoring'} run ${runId} of ${procedure}, begun ${startedAt}`);
      done.push(await restoreOne(session, runId, request, output));
    }
  } finally {
    if (done.length > 0) {
      const reports = done.map(({ report }) => report);
      output.report({ ...together(reports, 'runs'), json: { runs: reports.map(({ json }) => json) } });
    }
  }
  return Math.max(...done.map(({ exitCode }) => exitCode));
}

async function restoreOne(session: Session, runId: number, request: Request, output: Output): Promise<Outcome> {
  const { connection, places, config } = session;
  const { into, preview, asked } = request;
  const place = await placeOfRun(connection, places, runId);
  await refuseAudit(connection, place, runId, config.prefix);
  if (into === undefined) await requireInstalled(connection, place, ['restore', 'procedure']);
  if (asked === undefined && into === undefined && !preview) return wholeRun(session, place, runId);
  const plan = await planOf(session, place);
  const selection = asked && selectionOf(asked, plan);
  if (into !== undefined) {
    const copied = await copyInto(connection, place, plan, runId, into, selection);
    return { report: reportCopies(runId, into, copied), exitCode: exitCodes.ok };
  }
  if (preview) return previewRun(session, place, plan, runId, output, selection);
  return selection === undefined ? wholeRun(session, place, runId) : part(session, place, plan, runId, selection);
}

async function planOf(session: Session, place: Place): Promise<Plan> {
  const { plan, problems } = await planNow(session, place);
  if (plan === undefined) throw new PreflightError('The live schema does not fit this cleanup any more.', problems);
  return plan;
}

async function wholeRun(session: Session, place: Place, runId: number): Promise<Outcome> {
  const { connection } = session;
  const restore = await restoreRun(connection, place, runId);
  const isWhole = restore?.steps.every(({ seen, restored }) => seen === restored) ?? true;
  // Rows are back: what tells why others are not must not keep that from being told.
  const { plan } = isWhole ? { plan: undefined } : await planNow(session, place).catch(() => ({ plan: undefined }));
  const tables = await explainRestore(connection, place, plan, { runId, restore, kept: new Map() });
  return outcomeOf(reportRestore(runId, restore?.runId, tables, place.policy.name), tables);
}

async function part(session: Session, place: Place, plan: Plan, runId: number, selection: Selection): Promise<Outcome> {
  const { connection } = session;
  const { runId: partId, parentGone: kept } = await splitRun(connection, place, plan, runId, selection);
  const restored = partId === undefined ? undefined : await restorePart(session, place, partId, runId);
  const tables = await explainRestore(connection, place, plan, { runId: partId ?? runId, restore: restored, kept });
  return outcomeOf(reportRestore(runId, restored?.runId, tables, place.policy.name, partId), tables);
}

const outcomeOf = (report: Report, tables: readonly RestoredTable[]): Outcome => ({
  report,
  exitCode: tables.some(({ leftAlone }) => leftAlone > 0) ? exitCodes.different : exitCodes.ok,
});

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

async function previewRun(
  session: Session,
  place: Place,
  plan: Plan,
  runId: number,
  output: Output,
  selection: Selection | undefined,
): Promise<Outcome> {
  const { connection } = session;
  const tables = await whileCounting(connection, output, () =>
    previewRestore(connection, place, plan, runId, selection),
  );
  const comesWhole = tables.every((table) => !isPruned(table) && comesBack(table) === table.selected);
  return {
    report: reportRestorePreview(runId, tables, selection?.words),
    exitCode: comesWhole ? exitCodes.ok : exitCodes.different,
  };
}
