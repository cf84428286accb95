import type { Connection, Dialect, Job } from '../dialects/dialect.js';
import { ConnectionError } from '../errors.js';

/** A cleanup, as far as its schedule is concerned. */
export interface ScheduledCleanup {
  readonly dialect: Dialect;
  readonly procedure: string;
  /** Namespace of the installed objects, where the database has such. */
  readonly namespace?: string | undefined;
  readonly settingTable: string;
  readonly scheduleName: string;
  /** Opens another database of the same server, as the same user; needed where that is where jobs are kept. */
  readonly connectTo?: ((database: string) => Promise<Connection>) | undefined;
}

/** Where jobs are kept, on an open connection. */
export interface Jobs {
  readonly connection: Connection;
  readonly job: Job;
  /** Set where that is another database than the one that is cleaned. */
  readonly jobsDatabase: string | undefined;
}

/** Works where the scheduler keeps its jobs; a connection opened for that is closed again. @throws ConnectionError */
export async function withJobs<Result>(
  connection: Connection,
  cleanup: ScheduledCleanup,
  work: (jobs: Jobs) => Promise<Result>,
): Promise<Result> {
  const { dialect, scheduleName, procedure, connectTo } = cleanup;
  const { database } = await dialect.catalog.readServer(connection);
  const job: Job = { scheduleName, procedure, namespace: namespaceOf(cleanup), database };
  const jobsDatabase = await dialect.scheduler.jobsDatabase(connection);
  if (jobsDatabase === undefined) return work({ connection, job, jobsDatabase });
  if (connectTo === undefined) {
    throw new ConnectionError(`${dialect.capabilities.scheduler} keeps its jobs in database ${jobsDatabase}.`, {
      next: 'Connect to that database too.',
    });
  }
  const other = await connectTo(jobsDatabase);
  try {
    return await work({ connection: other, job, jobsDatabase });
  } finally {
    await other.close();
  }
}

/** The namespace that everything is named with; none where the database has none. */
export function namespaceOf({ dialect, namespace }: ScheduledCleanup): string | undefined {
  const { namespaces, defaultNamespace } = dialect.capabilities;
  return namespaces ? (namespace ?? defaultNamespace) : undefined;
}
