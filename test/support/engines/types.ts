export const engineNames = ['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle', 'postgresql-cron'] as const;
export type EngineName = (typeof engineNames)[number];
export type EngineDialect = 'postgresql' | 'mysql' | 'mariadb' | 'mssql' | 'oracle';
export type Row = Record<string, unknown>;

export interface EngineOptions {
  /** A server for this caller alone: the only kind that may be killed, restarted or stopped. */
  readonly private?: boolean;
  /** Every commit reaches the disk, and a larger buffer pool: for fault tests and benchmarks. */
  readonly durable?: boolean;
  /** The database's zone: an offset such as '+05:30' or a name such as 'Europe/Berlin'. */
  readonly timeZone?: string;
  /** The operating system's zone as the server sees it (TZ): what MySQL and MariaDB call SYSTEM. */
  readonly systemTimeZone?: string;
  /** MySQL and MariaDB: event_scheduler at start; default off. */
  readonly eventScheduler?: boolean;
  /** More arguments for the server program, put last. */
  readonly arguments?: readonly string[];
}

export interface DatabaseOptions {
  /** Default: a unique name. A database that already has this name is dropped first. */
  readonly name?: string;
  readonly characterSet?: string;
  readonly collation?: string;
}

/** One connection with session state of its own. */
export interface TestSession {
  /** Rows of the last result set. BIGINT, decimals and times are strings, as the server prints them. */
  query(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Many statements in one text, as the server splits them (no DELIMITER, no \commands). */
  script(sql: string): Promise<void>;
  close(): Promise<void>;
}

export interface TestDatabase {
  readonly name: string;
  /** With user and password, on 127.0.0.1. */
  readonly url: string;
  /** On one connection, opened when first used and opened again after it was lost. */
  query(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  script(sql: string): Promise<void>;
  /** One more connection. */
  connect(): Promise<TestSession>;
  /** Ends the handle's own connection; the database stays. */
  close(): Promise<void>;
  drop(): Promise<void>;
}

/** The vendor's own command line client, fed with a script on stdin. */
export interface NativeClient {
  readonly command: string;
  args(url: string): string[];
  /** What to add to the environment: the password, which stays out of argv. */
  env(url: string): Record<string, string>;
}

export interface Engine {
  readonly name: EngineName;
  readonly dialect: EngineDialect;
  readonly version: string;
  /** What stands in for the vendor's server, where that is not it: some of its behaviour cannot be proven there. */
  readonly imitation?: string;
  readonly nativeClient?: NativeClient;
  /** 'postgresql-cron' only: the one database that carries the extension (cron.database_name). */
  readonly cronDatabase?: string;
  createDatabase(options?: DatabaseOptions): Promise<TestDatabase>;
  /** A handle on a database that exists already. */
  openDatabase(name: string): TestDatabase;
  /** MySQL and MariaDB: loads every zone of this machine; a few are always loaded. */
  loadTimeZones(): Promise<void>;
  /** SIGKILL, the crash of a server. Private engines only. */
  kill(): Promise<void>;
  /** Starts again on the same data and port; shuts down cleanly first if it still runs. Private engines only. */
  restart(): Promise<void>;
  /** Ends a private engine and removes its data; a shared one lives until the test run ends. */
  stop(): Promise<void>;
}
