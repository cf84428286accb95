import type { Connection, Job } from '../dialect.js';

/** What the server says of its scheduler, as far as this user may see. */
export interface CronSettings {
  /** Settings that the loaded library knows; an unknown one in postgresql.conf is not among them. */
  readonly values: ReadonlyMap<string, string>;
  /** The user may see all settings, so that one that is missing is not there. */
  readonly visible: boolean;
  readonly database: string;
  readonly user: string;
}

/** Every setting of pg_cron is shown to superusers and members of pg_read_all_settings only. */
const settingsQuery = `
  SELECT current_database()::text AS database, current_user::text AS user_name,
    pg_has_role('pg_read_all_settings', 'USAGE') AS visible, s.name, s.setting
  FROM (SELECT 1) one
  LEFT JOIN pg_settings s ON s.name LIKE 'cron.%'`;

export async function readCronSettings(connection: Connection): Promise<CronSettings> {
  const rows = await connection.query(settingsQuery);
  const values = new Map(
    rows.filter(({ name }) => name !== null).map((row) => [String(row.name), String(row.setting)]),
  );
  return {
    values,
    visible: rows[0]?.visible === true,
    database: String(rows[0]?.database),
    user: String(rows[0]?.user_name),
  };
}

/** Version of the extension in the connected database. */
export async function extensionVersion(connection: Connection): Promise<string | undefined> {
  const [row] = await connection.query("SELECT extversion FROM pg_extension WHERE extname = 'pg_cron'");
  return row === undefined ? undefined : String(row.extversion);
}

export const hasExtension = async (connection: Connection): Promise<boolean> =>
  (await extensionVersion(connection)) !== undefined;

/** The same as the templates write: all databases of a server share the one list of jobs. */
export const jobName = ({ database, namespace = 'public', scheduleName }: Job): string =>
  `${database}.${namespace}.${scheduleName}`;
