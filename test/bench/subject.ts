import type { Policy } from '../../src/policy/types.js';
import type { Deployment } from '../support/deployment.js';

/** What is measured: a table full of rows, and the ways to get rid of the dead ones. */
export interface Subject {
  readonly policy: Policy;
  readonly tables: readonly string[];
  readonly rows: number;
  /** The table whose rows are counted afterwards. */
  readonly table: string;
  readonly fill: (deployment: Deployment, rows: number) => Promise<void>;
  /** Rows that must be left. */
  readonly survivors: (rows: number) => number;
  /** The one statement that nobody dares to run. */
  readonly oneStatement: (deployment: Deployment) => Promise<void>;
  /** The classical algorithm: ids of dead rows in a chunk table, a batch table of some of them, joined deletes. */
  readonly chunkTables?: (deployment: Deployment, copies: boolean) => Promise<void>;
}

/** `0 … rows - 1` as a table that FROM can name, with the column `n`. */
export const numbers = (family: Deployment['family'], rows: number): string =>
  family === 'mysql'
    ? `(WITH RECURSIVE d (v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM d WHERE v < 999) SELECT a.v * 1000 + b.v AS n FROM d a, d b WHERE a.v * 1000 + b.v < ${rows}) x`
    : `generate_series(0, ${rows - 1}) AS x (n)`;

/** A hash as 64 hexadecimal digits. */
export const digest = (family: Deployment['family'], text: string): string =>
  family === 'mysql' ? `SHA2(${text}, 256)` : `encode(sha256((${text})::text::bytea), 'hex')`;

/** The stamp so many seconds before now, in UTC. */
export const ago = (family: Deployment['family'], seconds: string): string =>
  family === 'mysql'
    ? `UTC_TIMESTAMP() - INTERVAL (${seconds}) SECOND`
    : `timezone('UTC', now()) - (${seconds}) * interval '1 second'`;

/** As a server is after some time with the data. */
export async function settle({ query, family }: Pick<Deployment, 'query' | 'family'>, tables: string): Promise<void> {
  await query(family === 'mysql' ? `ANALYZE TABLE ${tables}` : `VACUUM ANALYZE ${tables}`);
  if (family !== 'mysql') await query('CHECKPOINT');
}
