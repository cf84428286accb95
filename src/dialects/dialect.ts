import type { Problem } from '../errors.js';
import type { ParticularTunable } from '../policy/tunables.js';
import type { Column, DeleteRule, Table } from '../schema/types.js';
import type { Connection, ConnectionTarget } from './connection.js';
import type { Expressions } from './expressions.js';
import type { Scratch } from './scratch.js';

export type { Connection, ConnectionTarget, ResultRow } from './connection.js';

/**
 * What every dialect must bring; everything outside `dialects/` is written against this file and `expressions.ts`.
 *
 * How to add one: copy a sibling folder, answer the questions in its `expressions.ts` and `catalog.ts`, write the templates
 * with the same names as its siblings, add one line to `registry.ts`, and run the contract and conformance suites.
 */
export interface Dialect {
  /** As users write it: `postgresql`. */
  readonly name: string;
  /** As its vendor writes it: `PostgreSQL`. */
  readonly title: string;
  /** Folder of its templates below `templates/`. */
  readonly templates: string;
  readonly capabilities: Capabilities;
  readonly expressions: Expressions;
  readonly script: Script;
  readonly catalog: Catalog;
  readonly scheduler: Scheduler;
  /** Starts a server of its own for a rehearsal; absent if there is none that anybody may install. */
  readonly scratch?: Scratch;
  /** URL schemes that lead here, without the colon. */
  readonly schemes: readonly string[];
  /** What an error of its driver means. */
  explain(error: unknown): Explained;
  /** Opens a connection; the driver is loaded here and nowhere else. @throws ConnectionError */
  connect(target: ConnectionTarget): Promise<Connection>;
}

export interface Capabilities {
  /** A failed CREATE can be rolled back together with those before it. */
  readonly transactionalDdl: boolean;
  /** How a big table is walked once, forward: along its key, or along its physical blocks. */
  readonly walk: 'key' | 'physical';
  /** A cascade may be trusted beyond the first level of children. */
  readonly cascadesDeeply: boolean;
  /** Two rows meet in a unique key although a part of it is NULL in both. */
  readonly nullsMeetInKeys: boolean;
  /** The server can be asked how many rows its cascades deleted; elsewhere only what is copied is counted. */
  readonly countsCascades: boolean;
  /** Large objects are kept apart from their rows, so that reading a row does not read its object. */
  readonly storesObjectsApart: boolean;
  /** How names that deepclean invents are written. */
  readonly nameCase: 'upper' | 'lower';
  /** Longest name of an object, characters. */
  readonly nameLimit: number;
  /** Of the tunables that not every dialect has, those of this one. */
  readonly particularTunables: readonly ParticularTunable[];
  /** Tables live in a namespace inside the database, and names in the SQL carry it. */
  readonly namespaces: boolean;
  /** Namespace of a schema that does not say. */
  readonly defaultNamespace?: string;
  /** The database's own scheduler, in its vendor's words. */
  readonly scheduler: string;
  /** The scheduler may be absent, so the operating system's schedulers are rendered too. */
  readonly schedulerIsOptional: boolean;
  /** Shortest interval of the scheduler, seconds. */
  readonly shortestIntervalSeconds: number;
  /** What a backlog is: a view, or, if a view would keep the product from changing its columns, a function. */
  readonly backlog: 'view' | 'function';
  /** What `batch_rows_maximum` is at first, where the usual value would have the server lock whole tables. */
  readonly largestBatchRows?: number;
  /**
   * What its routines hand on to each other during a run stands in a row of the lock table, and each batch writes the keys
   * of what it deletes into a table first: no variable can hold a record, and no DELETE returns what it took.
   */
  readonly keepsRunInRow?: true;
  /** Its routines stand in one package. */
  readonly kitPackage?: true;
  /**
   * The keys of a batch stand in a variable that is a table; and a procedure of its own deletes a batch, as not every error
   * can be handled by the procedure that meets it.
   */
  readonly hasTableVariables?: true;
  /** What a cleanup was made for is written into a table when a run begins: a routine takes no list. */
  readonly keepsFactsInTable?: true;
  /**
   * Whose rights a procedure works with: its caller's, its owner's, or, on what belongs to its owner, nobody's are asked
   * (a chain, which does not cover statements that are put together).
   */
  readonly procedureRights: 'caller' | 'owner' | 'chain';
  /** Each routine says in its text which text it is, since a client may go on with the next statement after one that failed. */
  readonly marksText?: true;
  /** Oldest supported server. */
  readonly minimumVersion: string;
}

/** How a statement stands in a file that the vendor's own client runs; templates write the terminators. */
export interface Script {
  /** What the vendor's client acts upon inside of quotes too, so that no name may hold it. */
  readonly unsafeInNames?: RegExp;
  /** What the client sends to the server for a statement with its terminator. */
  unwrap(text: string): string;
}

/** What is installed in the database by name. */
export type ObjectKind = 'table' | 'view' | 'procedure' | 'function' | 'type' | 'package';

export interface StoredObject {
  readonly name: string;
  readonly kind: ObjectKind;
  /** Types of a procedure's arguments, where several procedures may share a name. */
  readonly arguments?: string;
  /** A table of deepclean's own that runs fill and empty. */
  readonly isList?: boolean;
}

/** A place in the statement that made an object, counted from 1, and what is wrong there. */
export interface CompileError {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** A column that a backup table lacks, or holds with another type than its source. */
export interface ColumnChange {
  readonly table: string;
  readonly column: Column;
  readonly change: 'add' | 'retype';
  readonly nullable: boolean;
  /** The key of the backup table, if the column belongs to it. */
  readonly key?: readonly string[];
}

/** Reads what a server holds. Every method is a few queries on an open connection. */
export interface Catalog {
  readServer(connection: Connection): Promise<ServerFacts>;
  /**
   * How far this server is behind the one that it copies, seconds; undefined: it copies none, or has stopped to. Absent where
   * the one that is copied tells it.
   */
  replicaLagSeconds?(connection: Connection): Promise<number | undefined>;
  /** Tables whose names begin with one of the vendor's prefixes and what is tied to them by keys, or just those named. */
  readTables(
    connection: Connection,
    namespace: string | undefined,
    names?: readonly string[],
  ): Promise<readonly Table[]>;
  /** How large tables are, as the server last counted it; only those that are there, named as the server names them. */
  tableSizes(
    connection: Connection,
    names: readonly string[],
    namespace: string | undefined,
  ): Promise<readonly TableSize[]>;
  /** What an installer must be allowed on the database (or namespace) as a whole. */
  readonly installPrivileges: readonly string[];
  /** What the caller of a cleanup must be allowed on the database as a whole. */
  readonly callPrivileges?: readonly string[];
  /**
   * The needed privileges that the connected user lacks, each as it stands in GRANT: `SELECT, DELETE ON public.t`. One on
   * a table that does not exist yet is not missing where its maker will have it.
   */
  missingGrants(
    connection: Connection,
    needed: readonly NeededGrant[],
    namespace: string | undefined,
  ): Promise<readonly string[]>;
  /** The same as they stand in GRANT, those on one object together: `SELECT, DELETE ON "public"."idn_oidc_jti"`. */
  grantsInWords(needed: readonly NeededGrant[], namespace: string | undefined): readonly string[];
  /** Those of the named objects that exist. */
  existing(
    connection: Connection,
    names: readonly string[],
    namespace: string | undefined,
  ): Promise<readonly StoredObject[]>;
  /** Objects whose names begin with the prefix, for uninstall and for proving that it left nothing. */
  objectsLike(connection: Connection, prefix: string, namespace: string | undefined): Promise<readonly StoredObject[]>;
  /** Names of the procedures and functions whose stored text or comment holds these words. */
  routinesMentioning(connection: Connection, words: string, namespace: string | undefined): Promise<readonly string[]>;
  /**
   * A query, by lines, of object_name, object_kind and stored_sha256: SHA-256 (hex) of what the server keeps of each object of
   * these kinds, named as the server names it.
   */
  storedHashes(kinds: ReadonlySet<ObjectKind>, namespace: string | undefined): readonly string[];
  /** What the server noted, instead of refusing, when it made an object that is none; absent where it refuses. */
  compileErrors?(
    connection: Connection,
    object: StoredObject,
    namespace: string | undefined,
  ): Promise<readonly CompileError[]>;
  /** Those of the named procedures that hold their run lock at this moment. */
  running(
    connection: Connection,
    procedures: readonly string[],
    namespace: string | undefined,
    lockTable: string,
  ): Promise<readonly string[]>;
  /** Takes the run lock of a procedure until the transaction ends; false if another session holds it at this moment. */
  lockRun(
    connection: Connection,
    procedure: string,
    namespace: string | undefined,
    lockTable: string,
  ): Promise<boolean>;
  /** A foreign key's delete rule in the words of this catalog. */
  deleteRule(rule: DeleteRule): string;
  /** The statement that removes an object. */
  drop(object: StoredObject, namespace: string | undefined): string;
  /** The statements that give a key to a backup table without one, which an older version made; `column` as SQL has it. */
  addKey(table: string, column: string, namespace: string | undefined): readonly string[];
  /** The statement that makes a backup table fit its source again. */
  changeColumn(change: ColumnChange, namespace: string | undefined): string;
}

/** Of a table, what its server knows without reading it: its statistics, which may be old or not there. */
export interface TableSize {
  readonly table: string;
  readonly rows?: number;
  /** How long a row is on average, bytes, without its entries in indexes. */
  readonly rowBytes?: number;
  /** That is what the pages of the table hold, divided by its rows: after many deletes it is too much. */
  readonly rowBytesOfPages?: true;
  /** What it takes on the disk, bytes; what deleted rows left free in it included. */
  readonly bytes?: number;
}

/** What only some schedulers can be told: who hears of a failed run, and after how many runs a job ends. */
export type ScheduleOption = 'notifyOperator' | 'maxRuns';

/** The database's own scheduler. How a job is made and removed stands in the templates; here it is asked. */
export interface Scheduler {
  /** Which intervals it can be told: any, or those that five cron fields can say. */
  readonly intervals: 'any' | 'cron';
  readonly options: readonly ScheduleOption[];
  /**
   * The one database of the server in which all jobs are kept, where that is another than the connected one.
   * Undefined: jobs are kept in the connected one, or the scheduler is not there at all.
   */
  jobsDatabase(connection: Connection): Promise<string | undefined>;
  /** What keeps a job from being made or from running; `jobs` is a connection to where jobs are kept. */
  examine(jobs: Connection, job: Job): Promise<SchedulerFindings>;
  /** The job and what is known of its runs; undefined where there is none, or no scheduler. */
  readJob(jobs: Connection, job: Job): Promise<ScheduledJob | undefined>;
}

/** What tells a job from all others, and what it calls. */
export interface Job {
  readonly scheduleName: string;
  readonly procedure: string;
  readonly namespace: string | undefined;
  /** The database that is cleaned, which need not be the one where jobs are kept. */
  readonly database: string;
}

export interface SchedulerFindings {
  readonly problems: readonly Problem[];
  /** What could not be checked, or should be known. */
  readonly notes: readonly string[];
}

/** A job as the server knows it; times are UTC in ISO 8601, where it keeps them. */
export interface ScheduledJob {
  readonly name: string;
  /** In the scheduler's own words. */
  readonly schedule: string;
  readonly enabled: boolean;
  /** The statement that it runs. */
  readonly command: string;
  /** Whose privileges it runs with. */
  readonly owner: string;
  readonly lastRun?: string;
  readonly lastOutcome?: string;
  readonly nextRun?: string;
  /** Why it does not run though it is there. */
  readonly obstacle?: string;
}

export interface ServerFacts {
  /** Whose server it is, as a dialect's title; a URL's scheme may promise another of the same family. */
  readonly product: string;
  readonly version: string;
  /** A service that is kept up to date, and whose version number says nothing. */
  readonly evergreen?: true;
  readonly versionText: string;
  readonly timeZone: string;
  readonly user: string;
  readonly database: string;
  readonly namespace?: string;
  /** The server refuses writes, and why. */
  readonly readOnly?: string;
  /** The server is set to read only, and the connected user may write all the same. */
  readonly overriddenReadOnly?: string;
  /** Anything else that would break a run, in words: binary log format, replication role. */
  readonly obstacles: readonly string[];
}

/** A privilege in the vendor's words. */
export interface NeededGrant {
  readonly privilege: string;
  /** Plain name of a table, a view or a routine, or `*`: the database (or namespace) as a whole. */
  readonly on: string;
  /** What the name stands for; a table or a view unless it is said. */
  readonly kind?: 'procedure' | 'function';
}

/** What an error says beside its message. */
export interface Explained {
  /** The session is gone. */
  readonly isLost: boolean;
  /** The user lacks a privilege. */
  readonly isDenied: boolean;
  /** The line of the statement that is wrong, counted from 1 … */
  readonly line?: number;
  /** … or how many characters stand before the place that is wrong. */
  readonly offset?: number;
}
