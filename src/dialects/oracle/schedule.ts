import type { Problem } from '../../errors.js';
import type { Connection, Job, ResultRow, ScheduledJob, Scheduler, SchedulerFindings } from '../dialect.js';
import { expressions } from './expressions.js';
import { storedName } from './owner.js';

/** DBMS_SCHEDULER: https://docs.oracle.com/en/database/oracle/oracle-database/19/arpls/DBMS_SCHEDULER.html */
export const scheduler: Scheduler = {
  intervals: 'any',
  options: ['maxRuns'],
  jobsDatabase: async () => undefined,
  examine,
  readJob,
};

const grantsQuery = `
  SELECT USER AS user_name,
    (SELECT COUNT(*) FROM SESSION_PRIVS p WHERE p.PRIVILEGE IN ('CREATE JOB', 'CREATE ANY JOB')) AS may_create,
    (SELECT MAX(a.VALUE) FROM ALL_SCHEDULER_GLOBAL_ATTRIBUTE a WHERE a.ATTRIBUTE_NAME = 'SCHEDULER_DISABLED') AS is_disabled
  FROM DUAL`;

/** Not everybody may read it. */
const processesQuery = "SELECT p.VALUE AS value FROM V$PARAMETER p WHERE p.NAME = 'job_queue_processes'";

async function examine(jobs: Connection, job: Job): Promise<SchedulerFindings> {
  const [row] = await jobs.query(grantsQuery);
  const processes = await jobs.query(processesQuery).then(
    ([one]) => (one === undefined ? undefined : Number(one.value)),
    () => undefined,
  );
  return {
    problems: [
      ...(Number(row?.may_create) > 0
        ? []
        : [
            {
              what: `User ${row?.user_name} lacks CREATE JOB`,
              next: `Have an administrator run: GRANT CREATE JOB TO ${expressions.identifier(String(row?.user_name))};`,
            },
          ]),
      ...(String(row?.is_disabled ?? 'FALSE').toUpperCase() === 'TRUE' ? [disabled] : []),
      ...(processes === 0 ? [noProcesses] : []),
    ],
    notes: [
      'Without --enabled yes a new job is made switched off: see a first run by hand before you give it.',
      `The job ${storedName(job.scheduleName)} belongs to ${row?.user_name}, runs with that user's privileges, and goes when that user is dropped.`,
      ...(processes === undefined ? ['Whether job_queue_processes is above 0 could not be seen by this user.'] : []),
    ],
  };
}

const disabled: Problem = {
  what: 'The scheduler is disabled (attribute SCHEDULER_DISABLED), so no job ever runs',
  next: "Have an administrator run: EXEC DBMS_SCHEDULER.SET_SCHEDULER_ATTRIBUTE('SCHEDULER_DISABLED', 'FALSE');",
};

const noProcesses: Problem = {
  what: 'job_queue_processes is 0, so no job ever runs',
  next: 'Have an administrator run: ALTER SYSTEM SET job_queue_processes = 10;',
};

const utc = (stamp: string): string => `TO_CHAR(SYS_EXTRACT_UTC(${stamp}), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** The user's own job first: others may have one of the same name. Of its runs the newest, which need not be a scheduled one. */
const jobQuery = (name: string) => `
  SELECT x.*
  FROM (
    SELECT j.OWNER AS owner, j.JOB_NAME AS name, j.JOB_TYPE AS job_type, j.JOB_ACTION AS command,
      j.ENABLED AS is_enabled, j.STATE AS state,
      j.REPEAT_INTERVAL AS repeat_interval, ${utc('j.START_DATE')} AS starts, ${utc('j.LAST_START_DATE')} AS last_run,
      ${utc('j.NEXT_RUN_DATE')} AS next_run, d.STATUS AS outcome, d.ADDITIONAL_INFO AS info
    FROM ALL_SCHEDULER_JOBS j
    LEFT JOIN ALL_SCHEDULER_JOB_RUN_DETAILS d ON d.OWNER = j.OWNER AND d.JOB_NAME = j.JOB_NAME
    WHERE j.JOB_NAME = ${expressions.literal(storedName(name))}
    ORDER BY CASE WHEN j.OWNER = USER THEN 0 ELSE 1 END, d.LOG_ID DESC
  ) x
  WHERE ROWNUM = 1`;

async function readJob(jobs: Connection, { scheduleName }: Job): Promise<ScheduledJob | undefined> {
  const [row] = await jobs.query(jobQuery(scheduleName));
  if (row === undefined) return undefined;
  const isEnabled = String(row.is_enabled).toUpperCase() === 'TRUE';
  const outcome = [row.outcome, row.info].filter((part) => part !== null && part !== '').join(': ');
  const obstacle = obstacleOf(row, isEnabled);
  return {
    name: String(row.name),
    schedule: `${row.repeat_interval} STARTS ${row.starts}`,
    enabled: isEnabled,
    // Of a job that runs a procedure the dictionary has its name alone.
    command: row.job_type === 'STORED_PROCEDURE' ? expressions.call(String(row.command)) : String(row.command),
    owner: String(row.owner),
    ...(row.last_run !== null && { lastRun: String(row.last_run) }),
    ...(outcome !== '' && { lastOutcome: outcome }),
    ...(isEnabled && row.next_run !== null && { nextRun: String(row.next_run) }),
    ...(obstacle !== undefined && { obstacle }),
  };
}

function obstacleOf({ state }: ResultRow, isEnabled: boolean): string | undefined {
  if (!isEnabled) return 'the job is switched off';
  return state === 'BROKEN' || state === 'FAILED' ? `its state is ${state}` : undefined;
}
