import type { Connection, Dialect, ScheduledJob } from '../dialects/dialect.js';
import { PreflightError } from '../errors.js';
import { statementsOf } from '../render/artifact.js';
import { runSteps, type Step } from '../server/run-statements.js';
import { checkSchedule } from './check-schedule.js';
import { type Jobs, type ScheduledCleanup, withJobs } from './jobs.js';
import type { Schedule } from './model.js';
import { preflightSchedule } from './preflight-schedule.js';
import { renderRemoval, renderSchedule, scheduleFile, windowFile } from './render-schedule.js';
import type { ScheduleFile } from './schedule-file.js';

export interface InstalledSchedule {
  readonly job: ScheduledJob;
  /** What should be known about it. */
  readonly notes: readonly string[];
}

/**
 * Makes or replaces the schedule in the database, by the very statements of its files.
 *
 * @throws UsageError, PreflightError with everything that stands in the way, PartialError where a statement fails
 */
export async function installSchedule(
  connection: Connection,
  cleanup: ScheduledCleanup,
  schedule: Schedule,
): Promise<InstalledSchedule> {
  const { dialect } = cleanup;
  checkSchedule(schedule, dialect);
  const { problems, notes } = await preflightSchedule(connection, cleanup, schedule);
  if (problems.length > 0) throw new PreflightError('The schedule cannot be installed; nothing was changed.', problems);
  const job = await withJobs(connection, cleanup, async (jobs) => {
    const { files } = renderSchedule({ ...requestOf(cleanup, jobs), schedule, outside: false });
    // The window first, so that no run starts without it.
    if (jobs.jobsDatabase !== undefined) await apply(connection, dialect, named(files, windowFile));
    await apply(jobs.connection, dialect, named(files, scheduleFile));
    return dialect.scheduler.readJob(jobs.connection, jobs.job);
  });
  if (job === undefined) throw new Error('the schedule was installed, but the server does not show it');
  return { job, notes };
}

/** Removes the schedule and what the scheduler remembers of it. Returns what was removed; undefined: there was none. */
export async function removeSchedule(
  connection: Connection,
  cleanup: ScheduledCleanup,
): Promise<ScheduledJob | undefined> {
  const { dialect } = cleanup;
  return withJobs(connection, cleanup, async (jobs) => {
    const job = await dialect.scheduler.readJob(jobs.connection, jobs.job);
    if (job !== undefined) await apply(jobs.connection, dialect, [renderRemoval(requestOf(cleanup, jobs))]);
    return job;
  });
}

/** The schedule as the server knows it; undefined: there is none. */
export async function scheduleStatus(
  connection: Connection,
  cleanup: ScheduledCleanup,
): Promise<ScheduledJob | undefined> {
  return withJobs(connection, cleanup, (jobs) => cleanup.dialect.scheduler.readJob(jobs.connection, jobs.job));
}

const requestOf = (cleanup: ScheduledCleanup, { job, jobsDatabase }: Jobs) => ({
  ...cleanup,
  jobsDatabase,
  // Named only where the job is made from outside of it, as in the file that is reviewed.
  database: jobsDatabase === undefined ? undefined : job.database,
});

const named = (files: readonly ScheduleFile[], name: string): readonly ScheduleFile[] =>
  files.filter((file) => file.name === name);

async function apply(connection: Connection, dialect: Dialect, files: readonly ScheduleFile[]): Promise<void> {
  const steps: readonly Step[] = files.flatMap((file) =>
    statementsOf({ file: file.name, text: file.text }, dialect.script).map(({ kind, name, sql, line }) => ({
      title: `${kind} ${name}`.trim(),
      sql,
      file: file.name,
      line,
    })),
  );
  if (steps.length > 0) await runSteps(connection, dialect, steps);
}
