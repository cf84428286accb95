import type { Dialect } from '../dialects/dialect.js';
import type { Schedule } from './model.js';

/** What the files of a schedule are made from. */
export interface ScheduleRequest {
  readonly dialect: Dialect;
  readonly schedule: Schedule;
  readonly procedure: string;
  /** Namespace of the installed objects, if the database has such; its default unless given. */
  readonly namespace?: string | undefined;
  readonly settingTable: string;
  readonly scheduleName: string;
  /** The one database of the server in which jobs are kept, if that is not the one that is cleaned … */
  readonly jobsDatabase?: string | undefined;
  /** … and then the name of the one that is cleaned. */
  readonly database?: string | undefined;
  /** Files for schedulers outside the database too; unless given, if the database's own one may be absent. */
  readonly outside?: boolean | undefined;
  /** More arguments of `deepclean run` outside the database, such as `--namespace`. */
  readonly runArguments?: readonly string[] | undefined;
}

export interface ScheduleFile {
  readonly name: string;
  readonly text: string;
}
