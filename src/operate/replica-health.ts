import type { Connection, Dialect } from '../dialects/dialect.js';
import type { Health } from './health.js';

/** A server that copies the one that is cleaned. */
export interface Replica {
  readonly dialect: Dialect;
  readonly connect: () => Promise<Connection>;
}

/**
 * Asks a replica how far it is behind; good if that is less than so many seconds. One that cannot be asked, or has stopped to
 * copy, is not well. The connection is kept from one question to the next, until one fails.
 */
export function replicaHealth({ dialect, connect }: Replica, belowSeconds: number): () => Promise<Health> {
  let connection: Connection | undefined;
  return async () => {
    try {
      connection ??= await connect();
      const seconds = await dialect.catalog.replicaLagSeconds?.(connection);
      if (seconds === undefined) return { isGood: false, words: 'it copies no other server, or has stopped to' };
      return {
        isGood: seconds < belowSeconds,
        words: `it is ${Math.round(seconds)} s behind, and ${belowSeconds} is the bound`,
      };
    } catch {
      connection?.destroy();
      connection = undefined;
      return { isGood: false, words: 'it cannot be asked' };
    }
  };
}
