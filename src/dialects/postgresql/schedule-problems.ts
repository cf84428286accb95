import type { Problem } from '../../errors.js';
import type { Connection, Job, SchedulerFindings } from '../dialect.js';
import { expressions } from './expressions.js';
import { type CronSettings, extensionVersion, jobName, readCronSettings } from './schedule-facts.js';

const outside =
  'or let the operating system start the runs: `deepclean schedule` also renders a systemd timer and a Kubernetes CronJob';

/** What keeps pg_cron from taking or from starting a job; asked in the database where it keeps its jobs. */
export async function examine(jobs: Connection, job: Job): Promise<SchedulerFindings> {
  const settings = await readCronSettings(jobs);
  const version = await extensionVersion(jobs);
  if (version === undefined) return { problems: [await absence(jobs, settings)], notes: [] };
  if (settings.visible && settings.values.size === 0) return { problems: [notLoaded], notes: [] };
  const grants = await grantProblems(jobs, job, settings);
  return {
    problems: [
      ...versionProblems(version, settings.database),
      ...grants,
      ...(grants.length > 0 ? [] : await nameProblems(jobs, job, settings)),
      ...settingProblems(settings),
      ...(await workerProblems(jobs)),
    ],
    notes: [...notesOf(settings), ...(await timeoutNotes(jobs, settings))],
  };
}

const notLoaded: Problem = {
  what: 'pg_cron is not loaded, so no job ever runs',
  next: `Add pg_cron to shared_preload_libraries in postgresql.conf, restart the server and run CREATE EXTENSION pg_cron; ${outside}.`,
};

async function absence(jobs: Connection, { values, visible, database }: CronSettings): Promise<Problem> {
  if (values.size > 0) {
    return {
      what: `pg_cron is loaded, but its extension is not in database ${database}`,
      next: `As a superuser run CREATE EXTENSION pg_cron in database ${database}.`,
    };
  }
  const [row] = await jobs.query("SELECT 1 AS is_there FROM pg_available_extensions WHERE name = 'pg_cron'");
  if (row !== undefined && visible) return notLoaded;
  return row === undefined
    ? {
        what: 'This server has no pg_cron',
        next: `Have its package installed (postgresql-<version>-cron), add it to shared_preload_libraries, restart, and run CREATE EXTENSION pg_cron; ${outside}.`,
      }
    : {
        what: `Extension pg_cron is not in database ${database}, and this user may not see where it is (cron.database_name)`,
        next: `Have an administrator grant pg_read_all_settings to this user, or CREATE EXTENSION pg_cron; ${outside}.`,
      };
}

/** schedule_in_database() came with 1.4: https://github.com/citusdata/pg_cron/blob/main/CHANGELOG.md */
function versionProblems(version: string, database: string): readonly Problem[] {
  const [major = 0, minor = 0] = version.split(/[.-]/).map(Number);
  if (major > 1 || (major === 1 && minor >= 4)) return [];
  return [
    {
      what: `Extension pg_cron ${version} in database ${database} is too old`,
      next: 'Install pg_cron 1.4 or later, then run ALTER EXTENSION pg_cron UPDATE.',
    },
  ];
}

const inDatabase = 'cron.schedule_in_database(text, text, text, text, text, boolean)';

/** Ordinary users get neither the schema nor, for other databases, the function: it takes any user's name. */
async function grantProblems(
  jobs: Connection,
  job: Job,
  { database, user }: CronSettings,
): Promise<readonly Problem[]> {
  const problem = (grant: string): Problem => ({
    what: `User ${user} lacks ${grant} in database ${database}`,
    next: `Have an administrator run in database ${database}: GRANT ${grant} TO ${expressions.identifier(user)};`,
  });
  const [row] = await jobs.query("SELECT has_schema_privilege('cron', 'USAGE') AS may");
  if (row?.may !== true) return [problem('USAGE ON SCHEMA cron')];
  if (job.database === database) return [];
  const [other] = await jobs.query('SELECT has_function_privilege(to_regprocedure($1), $2) AS may', [
    inDatabase,
    'EXECUTE',
  ]);
  // NULL: there is no such function, which the version says.
  return other?.may === false ? [problem(`EXECUTE ON FUNCTION ${inDatabase}`)] : [];
}

/** Each user has jobs of their own; only a superuser sees those of others. */
async function nameProblems(jobs: Connection, job: Job, { user }: CronSettings): Promise<readonly Problem[]> {
  const name = jobName(job);
  const rows = await jobs.query('SELECT username FROM cron.job WHERE jobname = $1 AND username <> current_user', [
    name,
  ]);
  return [
    ...rows.map(({ username }) => ({
      what: `Job ${name} exists and belongs to user ${username}, so that ${user} would make a second one`,
      next: `Connect as ${username}, or remove that job with \`deepclean schedule remove\` first.`,
    })),
    // Until 1.5 the column is of type "name".
    ...(Buffer.byteLength(name) > 63
      ? [
          {
            what: `The name of the job, ${name}, is longer than 63 bytes`,
            next: `Give the procedure a shorter name; ${outside}.`,
          },
        ]
      : []),
  ];
}

function settingProblems({ values }: CronSettings): readonly Problem[] {
  const zone = values.get('cron.timezone');
  const isUtc = zone === undefined || /^((Etc\/)?(GMT|UTC|UCT|Universal|Zulu|Greenwich|GMT[+-]?0))$/i.test(zone);
  return [
    ...(isUtc
      ? []
      : [
          {
            what: `pg_cron goes by the zone ${zone} (cron.timezone), and deepclean's schedules are in UTC`,
            next: `Set cron.timezone = 'GMT' and restart the server; ${outside}.`,
          },
        ]),
    ...(values.get('cron.launch_active_jobs') === 'off'
      ? [
          {
            what: 'pg_cron is configured to start no jobs (cron.launch_active_jobs = off)',
            next: 'Set cron.launch_active_jobs = on and reload the configuration.',
          },
        ]
      : []),
  ];
}

/** The worker itself; asked only where the user may see other users' sessions. */
const workerQuery = `
  SELECT pg_has_role('pg_read_all_stats', 'USAGE') AS may,
    EXISTS (SELECT 1 FROM pg_stat_activity WHERE backend_type LIKE 'pg_cron%') AS runs`;

/** The server starts the worker again some seconds after it ended, and after its own start. */
const workerReturnsMs = 5000;

async function workerProblems(jobs: Connection): Promise<readonly Problem[]> {
  const deadline = Date.now() + workerReturnsMs;
  for (;;) {
    const [row] = await jobs.query(workerQuery);
    if (row?.may !== true || row.runs === true) return [];
    if (Date.now() >= deadline) return [noWorker];
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

const noWorker: Problem = {
  what: 'The background worker of pg_cron does not run, so no job ever starts',
  next: 'See the log of the server: it needs a free slot (max_worker_processes) and its database.',
};

/** What a new session of this role would start with; our own sessions switch it off. */
const timeoutQuery =
  "SELECT reset_val AS milliseconds FROM pg_settings WHERE name = 'statement_timeout' AND reset_val <> '0'";

async function timeoutNotes(jobs: Connection, { user }: CronSettings): Promise<readonly string[]> {
  const rows = await jobs.query(timeoutQuery);
  return rows.map(
    ({ milliseconds }) =>
      `statement_timeout is ${milliseconds} ms here for ${user}, and cuts off a scheduled run that takes longer; what it deleted until then stays, and the next run goes on. To switch it off: ALTER ROLE ${expressions.identifier(user)} SET statement_timeout = 0;`,
  );
}

function notesOf({ values, visible, user }: CronSettings): readonly string[] {
  if (!visible) {
    return [
      'This user may not see the settings of pg_cron; cron.timezone must be GMT, and pg_cron must be able to log in as this user.',
    ];
  }
  if (values.get('cron.use_background_workers') === 'on') return [];
  return [
    `pg_cron logs in as ${user} at cron.host = "${values.get('cron.host')}" without a password: allow that in pg_hba.conf or by a .pgpass of the server's own user, or set cron.use_background_workers = on. \`deepclean schedule status\` tells how the last run ended.`,
  ];
}
