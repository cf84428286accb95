/** Where to connect, with the secret already resolved. */
export interface ConnectionTarget {
  readonly url: string;
  /** Counts more than what the URL says, as the password does. */
  readonly user?: string;
  readonly password?: string;
  readonly connectTimeoutMs: number;
}

export type ResultRow = Readonly<Record<string, unknown>>;

/** One session. Numbers beyond 2^53, and all timestamps, come back as text, exactly as the server prints them. */
export interface Connection {
  /** Runs one statement; `parameters` bind to `?` or `$1` as the driver writes them. */
  query(sql: string, parameters?: readonly unknown[]): Promise<readonly ResultRow[]>;
  /** What `work` asks in this session is one transaction, of which each statement sees what is committed by then. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Ends the query that the session is in, on the server too; the query fails, and the session stays. */
  cancel(): Promise<void>;
  /** Ends the session; never throws. */
  close(): Promise<void>;
  /** Ends the session at once, whatever it is doing. */
  destroy(): void;
}
