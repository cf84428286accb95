import type { Connection, Job, ScheduledJob, Scheduler } from '../dialect.js';
import { hasExtension, jobName, readCronSettings } from './schedule-facts.js';
import { examine } from './schedule-problems.js';

/** pg_cron: https://github.com/citusdata/pg_cron */
export const scheduler: Scheduler = { intervals: 'cron', options: [], jobsDatabase, examine, readJob };

/** Where the background worker looks unless told otherwise. */
const usualDatabase = 'postgres';

async function jobsDatabase(connection: Connection): Promise<string | undefined> {
  const settings = await readCronSettings(connection);
  const told = settings.values.get('cron.database_name');
  // Not everybody may see the setting; nobody but the worker's own database can hold the extension.
  const guess = settings.visible || (await hasExtension(connection)) ? undefined : usualDatabase;
  const database = told ?? guess;
  return database === settings.database ? undefined : database;
}

const jobQuery = `
  SELECT j.jobname::text AS name, j.schedule, j.active, j.command, j.username, d.status, d.return_message,
    to_char(d.start_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS last_run
  FROM cron.job j
  LEFT JOIN LATERAL (
    SELECT r.status, r.return_message, r.start_time FROM cron.job_run_details r
    WHERE r.jobid = j.jobid ORDER BY r.runid DESC LIMIT 1
  ) d ON true
  WHERE j.jobname = $1
  ORDER BY j.username = current_user DESC
  LIMIT 1`;

async function readJob(jobs: Connection, job: Job): Promise<ScheduledJob | undefined> {
  if (!(await hasExtension(jobs)) || !(await mayLook(jobs))) return undefined;
  const [row] = await jobs.query(jobQuery, [jobName(job)]);
  if (row === undefined) return undefined;
  const outcome = [row.status, row.return_message].filter((part) => part !== null && part !== '').join(': ');
  return {
    name: String(row.name),
    schedule: `${row.schedule} (UTC)`,
    enabled: row.active === true,
    command: String(row.command),
    owner: String(row.username),
    ...(row.last_run !== null && { lastRun: String(row.last_run) }),
    ...(outcome !== '' && { lastOutcome: outcome.trim() }),
    ...(row.active !== true && { obstacle: 'the job is switched off' }),
  };
}

async function mayLook(jobs: Connection): Promise<boolean> {
  const [row] = await jobs.query("SELECT has_schema_privilege('cron', 'USAGE') AS may");
  return row?.may === true;
}
