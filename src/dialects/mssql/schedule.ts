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
    HAS_PERMS_BY_NAME('msdb.dbo.sp_add_job', 'OBJECT', 'EXECUTE') AS may_add, SUSER_SNAME() AS login`;

/** SERVERPROPERTY('EngineEdition'). */
const express = 4;
const azureDatabase = 5;

async function examine(jobs: Connection): Promise<SchedulerFindings> {
  const [row] = await jobs.query(examineQuery);
  const edition = Number(row?.engine_edition);
  const notes = [
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

const jobQuery = `
  SELECT j.name AS name, j.enabled AS enabled, SUSER_SNAME(j.owner_sid) AS owner, s.command AS command,
    h.freq_type AS freq_type, h.freq_interval AS freq_interval, h.freq_subday_type AS subday_type,
    h.freq_subday_interval AS subday_interval, h.active_start_time AS start_time,
    s.last_run_date AS last_date, s.last_run_time AS last_time, s.last_run_outcome AS outcome,
    n.next_run_date AS next_date, n.next_run_time AS next_time,
    DATEDIFF(MINUTE, SYSUTCDATETIME(), SYSDATETIME()) AS minutes_ahead
  FROM msdb.dbo.sysjobs AS j
  JOIN msdb.dbo.sysjobsteps AS s ON s.job_id = j.job_id AND s.step_name = 'cleanup'
  LEFT JOIN msdb.dbo.sysjobschedules AS n ON n.job_id = j.job_id
  LEFT JOIN msdb.dbo.sysschedules AS h ON h.schedule_id = n.schedule_id
  WHERE j.name = @p1`;

async function readJob(jobs: Connection, job: Job): Promise<ScheduledJob | undefined> {
  const [there] = await jobs.query(
    "SELECT CASE WHEN HAS_PERMS_BY_NAME('msdb.dbo.sysjobs', 'OBJECT', 'SELECT') = 1 THEN 1 ELSE 0 END AS visible",
  );
  if (Number(there?.visible) !== 1) return undefined;
  const [row] = await jobs.query(jobQuery, [jobName(job)]);
  if (row === undefined) return undefined;
  const enabled = Number(row.enabled) === 1;
  const [last, next] = [instant(row.last_date, row.last_time, row), instant(row.next_date, row.next_time, row)];
  return {
    name: String(row.name),
    schedule: describe(row),
    enabled,
    command: String(row.command),
    owner: String(row.owner),
    ...(last !== undefined && { lastRun: last, lastOutcome: outcomes[Number(row.outcome)] ?? 'unknown' }),
    ...(enabled && next !== undefined && { nextRun: next }),
    ...(!enabled && { obstacle: 'the job is switched off' }),
  };
}

/** Jobs of all databases of a server are in one list, so a name holds that of its database. */
export const jobName = ({ database, namespace = 'dbo', scheduleName }: Job): string =>
  `${database}.${namespace}.${scheduleName}`;

const outcomes: readonly string[] = ['failed', 'succeeded', 'retry', 'canceled', '', 'unknown'];

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

function describe({ freq_type: type, freq_interval, subday_type, subday_interval, start_time }: ResultRow): string {
  if (type === null) return 'none';
  const at = `at ${clockOf(Number(start_time))} local time`;
  if (Number(type) === 8) return `weekly on ${days[Math.log2(Number(freq_interval))] ?? freq_interval} ${at}`;
  const unit = { 4: 'minutes', 8: 'hours' }[Number(subday_type)];
  return unit === undefined
    ? `daily ${at}`
    : `every ${subday_interval} ${unit} from ${clockOf(Number(start_time))} local time`;
}

/** Agent's times are numbers: 13005 is 01:30:05. */
const clockOf = (time: number): string => {
  const digits = String(time).padStart(6, '0');
  return `${digits.slice(0, 2)}:${digits.slice(2, 4)}`;
};

/** Agent's local date and time as an instant in UTC, by the distance that holds now; undefined where there is none. */
function instant(date: unknown, time: unknown, { minutes_ahead: ahead }: ResultRow): string | undefined {
  if (!(Number(date) > 0)) return undefined;
  const day = String(date);
  const clock = String(Number(time)).padStart(6, '0');
  const [hours, minutes, seconds] = [clock.slice(0, 2), clock.slice(2, 4), clock.slice(4, 6)];
  const local = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}T${hours}:${minutes}:${seconds}Z`);
  return new Date(local - Number(ahead) * 60_000).toISOString().replace('.000', '');
}
