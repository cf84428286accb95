import type { Connection, Job, ResultRow, ScheduledJob, Scheduler, SchedulerFindings } from '../dialect.js';

/**
 * SQL Server Agent, whose jobs are all in msdb and can be reached from any database.
 * https://learn.microsoft.com/en-us/sql/ssms/agent/implement-jobs
 */
export const scheduler: Scheduler = {
  intervals: 'cron',
  options: ['notifyOperator'],
  jobsDatabase: async () => undefined,
  examine,
  readJob,
};

const examineQuery = `
  SELECT CAST(SERVERPROPERTY('EngineEdition') AS INT) AS engine_edition,
    CAST(SERVERPROPERTY('Edition') AS VARCHAR(80)) AS edition,
    HAS_PERMS_BY_NAME('msdb.dbo.sp_add_job', 'OBJECT', 'EXECUTE') AS may_add, SUSER_SNAME() AS login,
    CASE WHEN SERVERPROPERTY('IsHadrEnabled') = 1 THEN 1 ELSE 0 END AS has_replicas,
    CASE WHEN HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') = 1
      OR HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER PERFORMANCE STATE') = 1 THEN 1 ELSE 0 END AS may_ask_role`;

/** SERVERPROPERTY('EngineEdition'). */
const express = 4;
const azureDatabase = 5;

async function examine(jobs: Connection): Promise<SchedulerFindings> {
  const [row] = await jobs.query(examineQuery);
  const edition = Number(row?.engine_edition);
  const notes = [
    ...(Number(row?.has_replicas) === 1 ? replicaNotes(Number(row?.may_ask_role) === 1, row?.login) : []),
    'Without --enabled yes a new job is made switched off: see a first run by hand before you give it.',
    'Agent counts in the server’s local time: where that has daylight saving time, install the schedule again after a change.',
  ];
  if (edition === express || edition === azureDatabase) {
    const what = `${row?.edition} has no SQL Server Agent`;
    return {
      problems: [{ what, next: 'Use the files that `deepclean schedule` writes for cron, systemd or Kubernetes.' }],
      notes: [],
    };
  }
  if (Number(row?.may_add) === 1) return { problems: [], notes };
  return {
    problems: [
      {
        what: `Login ${row?.login} may not make jobs`,
        next: `Have an administrator run, in msdb: CREATE USER [${row?.login}] FOR LOGIN [${row?.login}]; ALTER ROLE SQLAgentUserRole ADD MEMBER [${row?.login}];`,
      },
    ],
    notes,
  };
}

const replicaNotes = (mayAskRole: boolean, login: unknown): readonly string[] => [
  'Of an availability group every replica needs the job: install it on each of them, while that is the primary.',
  ...(mayAskRole
    ? []
    : [`Without VIEW SERVER STATE for ${login} the job does not know a secondary replica, and fails there.`]),
];

/** What a member of SQLAgentUserRole may see: the tables beneath are for administrators. */
const jobQuery = `
  SELECT j.name AS name, j.enabled AS enabled, SUSER_SNAME(j.owner_sid) AS owner,
    DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) AS minutes_ahead
  FROM msdb.dbo.sysjobs_view AS j
  WHERE j.name = @p1`;

async function readJob(jobs: Connection, job: Job): Promise<ScheduledJob | undefined> {
  const [there] = await jobs.query(
    "SELECT CASE WHEN HAS_PERMS_BY_NAME('msdb.dbo.sysjobs_view', 'OBJECT', 'SELECT') = 1 THEN 1 ELSE 0 END AS visible",
  );
  if (Number(there?.visible) !== 1) return undefined;
  const name = jobName(job);
  const [row] = await jobs.query(jobQuery, [name]);
  if (row === undefined) return undefined;
  const steps = await jobs.query('EXEC msdb.dbo.sp_help_jobstep @job_name = @p1', [name]);
  const [schedule] = await jobs.query('EXEC msdb.dbo.sp_help_jobschedule @job_name = @p1', [name]);
  const cleanup = steps.find(({ step_name }) => step_name === 'cleanup');
  const enabled = Number(row.enabled) === 1;
  const ahead = Number(row.minutes_ahead);
  const last = instant(cleanup?.last_run_date, cleanup?.last_run_time, ahead);
  const next = instant(schedule?.next_run_date, schedule?.next_run_time, ahead);
  return {
    name: String(row.name),
    schedule: describe(schedule),
    enabled,
    command: String(cleanup?.command ?? steps[0]?.command ?? ''),
    owner: String(row.owner),
    ...(last !== undefined && { lastRun: last, lastOutcome: outcomes[Number(cleanup?.last_run_outcome)] ?? 'unknown' }),
    ...(enabled && next !== undefined && { nextRun: next }),
    ...(!enabled && { obstacle: 'the job is switched off' }),
  };
}

/** Jobs of all databases of a server are in one list, so a name holds that of its database. */
export const jobName = ({ database, namespace = 'dbo', scheduleName }: Job): string =>
  `${database}.${namespace}.${scheduleName}`;

const outcomes: readonly string[] = ['failed', 'succeeded', 'retry', 'canceled', '', 'unknown'];

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

function describe(schedule: ResultRow | undefined): string {
  if (schedule === undefined) return 'none';
  const at = `${clockOf(Number(schedule.active_start_time))} local time`;
  const interval = Number(schedule.freq_interval);
  if (Number(schedule.freq_type) === 8) return `weekly on ${days[Math.log2(interval)] ?? interval} at ${at}`;
  const unit = { 4: 'minutes', 8: 'hours' }[Number(schedule.freq_subday_type)];
  return unit === undefined ? `daily at ${at}` : `every ${schedule.freq_subday_interval} ${unit} from ${at}`;
}

/** Agent's times are numbers: 13005 is 01:30:05. */
const clockOf = (time: number): string => {
  const digits = String(time).padStart(6, '0');
  return `${digits.slice(0, 2)}:${digits.slice(2, 4)}`;
};

/** Agent's local date and time as an instant in UTC, by the distance that holds now; undefined where there is none. */
function instant(date: unknown, time: unknown, minutesAhead: number): string | undefined {
  if (!(Number(date) > 0)) return undefined;
  const day = String(date);
  const clock = String(Number(time)).padStart(6, '0');
  const [hours, minutes, seconds] = [clock.slice(0, 2), clock.slice(2, 4), clock.slice(4, 6)];
  const local = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}T${hours}:${minutes}:${seconds}Z`);
  return new Date(local - minutesAhead * 60_000).toISOString().replace('.000', '');
}
