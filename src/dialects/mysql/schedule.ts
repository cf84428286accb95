import type { Problem } from '../../errors.js';
import type { Connection, Job, ResultRow, ScheduledJob, Scheduler, SchedulerFindings } from '../dialect.js';
import { missingGrants } from './catalog-grants.js';
import { expressions } from './expressions.js';

/** The event scheduler, and how it is switched on for good, which is where the two servers differ. */
const schedulerKeptOnBy = (keepOn: string): Scheduler => ({
  intervals: 'any',
  options: [],
  jobsDatabase: async () => undefined,
  examine: (jobs, job) => examine(jobs, job, keepOn),
  readJob,
});

export const mysqlScheduler = schedulerKeptOnBy(
  'SET PERSIST event_scheduler = ON; switches it on now and after every restart',
);
export const mariadbScheduler = schedulerKeptOnBy(
  'SET GLOBAL event_scheduler = ON; switches it on now, and event_scheduler = ON below [mariadb] in my.cnf after every restart',
);

async function examine(jobs: Connection, job: Job, keepOn: string): Promise<SchedulerFindings> {
  const [row] = await jobs.query('SELECT @@global.event_scheduler AS state, CURRENT_USER() AS user_name');
  const missing = await missingGrants(jobs, [{ privilege: 'EVENT', on: '*' }]);
  const problems = [
    ...stateProblems(String(row?.state).toUpperCase(), keepOn),
    ...missing.map((grant) => ({
      what: `User ${row?.user_name} lacks ${grant}`,
      next: `Have an administrator run: GRANT ${grant} TO ${grantee(String(row?.user_name))};`,
    })),
  ];
  const { scheduleName } = job;
  const notes = [
    'An event runs with the privileges of the account that made it; it fails once that account is dropped.',
    `A replica keeps an event switched off; after a failover run: ALTER EVENT ${expressions.identifier(scheduleName)} ENABLE;`,
  ];
  return { problems, notes };
}

function stateProblems(state: string, keepOn: string): readonly Problem[] {
  if (state === 'ON' || state === '1') return [];
  // https://dev.mysql.com/doc/refman/en/events-configuration.html
  return state === 'DISABLED'
    ? [
        {
          what: 'The event scheduler is disabled (event_scheduler = DISABLED), so no event ever runs',
          next: 'Only a restart changes that: write event_scheduler = ON in the server’s option file, then restart the server.',
        },
      ]
    : [
        {
          what: `The event scheduler is off (event_scheduler = ${state}), so no event ever runs`,
          next: `Have an administrator run: ${keepOn}.`,
        },
      ];
}

function grantee(account: string): string {
  const at = account.lastIndexOf('@');
  return `${expressions.literal(account.slice(0, at))}@${expressions.literal(account.slice(at + 1))}`;
}

/** Our events are made in UTC, in which the server then shows their times. */
const jobQuery = `
  SELECT EVENT_NAME AS name, DEFINER AS owner, EVENT_DEFINITION AS command, STATUS AS status, TIME_ZONE AS zone,
    INTERVAL_VALUE AS amount, INTERVAL_FIELD AS unit, STARTS AS starts, LAST_EXECUTED AS last_run,
    UTC_TIMESTAMP() AS now_utc, @@global.event_scheduler AS scheduler
  FROM information_schema.EVENTS
  WHERE EVENT_SCHEMA = DATABASE() AND EVENT_NAME = `;

async function readJob(jobs: Connection, { scheduleName }: Job): Promise<ScheduledJob | undefined> {
  const [row] = await jobs.query(`${jobQuery}${expressions.literal(scheduleName)}`).catch(noneWhereDisabled);
  if (row === undefined) return undefined;
  const isUtc = row.zone === '+00:00';
  const obstacle = obstacleOf(row);
  const next = isUtc && obstacle === undefined ? nextRun(row) : undefined;
  return {
    name: String(row.name),
    schedule: `EVERY ${row.amount} ${row.unit} STARTS ${row.starts}${isUtc ? ' UTC' : ` (${row.zone})`}`,
    enabled: row.status === 'ENABLED',
    command: String(row.command),
    owner: String(row.owner),
    // What an event raises goes to the server's error log and nowhere else, so there is no outcome to tell.
    ...(isUtc && row.last_run !== null && { lastRun: toIso(instant(row.last_run)) }),
    ...(next !== undefined && { nextRun: next }),
    ...(obstacle !== undefined && { obstacle }),
  };
}

/** MariaDB does not even list events while the scheduler is disabled. */
function noneWhereDisabled(error: unknown): readonly ResultRow[] {
  if (error instanceof Error && 'code' in error && error.code === 'ER_EVENTS_DB_ERROR') return [];
  throw error;
}

function obstacleOf({ status, scheduler }: ResultRow): string | undefined {
  if (!['ON', '1'].includes(String(scheduler).toUpperCase())) return `event_scheduler is ${scheduler}`;
  if (status === 'ENABLED') return undefined;
  return status === 'DISABLED' ? 'the event is switched off' : `the event is switched off, as on a replica (${status})`;
}

const unitSeconds: Readonly<Record<string, number>> = { SECOND: 1, MINUTE: 60, HOUR: 3600, DAY: 86_400, WEEK: 604_800 };

function nextRun(row: ResultRow): string | undefined {
  const stepMs = Number(row.amount) * (unitSeconds[String(row.unit)] ?? Number.NaN) * 1000;
  const [first, now] = [instant(row.starts), instant(row.now_utc)];
  if (!(stepMs > 0)) return undefined;
  return toIso(first > now ? first : first + (Math.floor((now - first) / stepMs) + 1) * stepMs);
}

/** A stamp that is known to be UTC, in milliseconds. */
const instant = (stamp: unknown): number => Date.parse(`${String(stamp).slice(0, 19).replace(' ', 'T')}Z`);

const toIso = (ms: number): string => new Date(ms).toISOString().replace('.000', '');
