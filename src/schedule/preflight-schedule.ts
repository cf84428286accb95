import type { Connection, ScheduledJob } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import { ConnectionError, type Problem } from '../errors.js';
import { serverProblems } from '../server/check-server.js';
import { type Jobs, namespaceOf, type ScheduledCleanup, withJobs } from './jobs.js';
import type { Schedule } from './model.js';

export interface SchedulePreflight {
  readonly problems: readonly Problem[];
  /** What could not be checked, or should be known. */
  readonly notes: readonly string[];
  /** The job of that name that is there already. */
  readonly existing?: ScheduledJob;
}

/** Everything that keeps a schedule from being made, or its runs from starting. Changes nothing. */
export async function preflightSchedule(
  connection: Connection,
  cleanup: ScheduledCleanup,
  schedule: Schedule,
): Promise<SchedulePreflight> {
  const { dialect } = cleanup;
  const server = await dialect.catalog.readServer(connection);
  const own = [...serverProblems(server, dialect), ...(await installedProblems(connection, cleanup, schedule))];
  const found = await withJobs(connection, cleanup, (jobs) => jobProblems(jobs, cleanup)).catch(unreachable(cleanup));
  return { ...found, problems: [...own, ...found.problems] };
}

async function installedProblems(
  connection: Connection,
  cleanup: ScheduledCleanup,
  { window }: Schedule,
): Promise<readonly Problem[]> {
  const { dialect, procedure, settingTable } = cleanup;
  const namespace = namespaceOf(cleanup);
  const existing = await dialect.catalog.existing(connection, [procedure, settingTable], namespace);
  const lacks = (name: string, kind: string): boolean =>
    !existing.some((one) => one.kind === kind && one.name.toLowerCase() === name.toLowerCase());
  const next = 'Install it first, with `deepclean install-procs`.';
  const missing = [
    ...(lacks(procedure, 'procedure') ? [{ what: `There is no procedure ${procedure} to schedule`, next }] : []),
    ...(window !== undefined && lacks(settingTable, 'table')
      ? [{ what: `There is no table ${settingTable} to write the window to`, next }]
      : []),
  ];
  if (window === undefined || missing.length > 0) return missing;
  // An UPDATE of no row says nothing, and the runs would go on all day.
  const { literal } = dialect.expressions;
  const rows = await connection.query(
    `SELECT 1 AS found FROM ${sqlName(dialect, settingTable, namespace)} ` +
      `WHERE ${supportColumn(dialect, 'procedure_name')} = ${literal(procedure)} AND ${supportColumn(dialect, 'name')} = 'window'`,
  );
  return rows.length > 0 ? [] : [{ what: `Table ${settingTable} has no setting window for ${procedure}`, next }];
}

async function jobProblems(
  { connection, job }: Jobs,
  { dialect, procedure }: ScheduledCleanup,
): Promise<SchedulePreflight> {
  const { problems, notes } = await dialect.scheduler.examine(connection, job);
  const existing = await dialect.scheduler.readJob(connection, job);
  if (existing === undefined) return { problems, notes };
  const calls = existing.command.toLowerCase().trim();
  const [verb = ''] = dialect.expressions.call(procedure).toLowerCase().split(' ');
  const isOurs = calls.startsWith(`${verb} `) && calls.includes(procedure.toLowerCase());
  const foreign = {
    what: `${dialect.capabilities.scheduler} ${existing.name} exists and is not deepclean's: it runs ${existing.command}`,
    next: 'Rename or remove it, then run the same command again.',
  };
  return { problems: isOurs ? problems : [...problems, foreign], notes, existing };
}

/** A second database that cannot be opened is a problem like any other. */
const unreachable =
  ({ dialect }: ScheduledCleanup) =>
  (error: unknown): SchedulePreflight => {
    if (!(error instanceof ConnectionError)) throw error;
    const what = `The database where ${dialect.capabilities.scheduler} keeps its jobs cannot be opened: ${error.message}`;
    return { problems: [{ what, next: error.next ?? 'Give this user access to it.' }], notes: [] };
  };
