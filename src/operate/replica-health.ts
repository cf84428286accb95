import { setTimeout as after } from 'node:timers/promises';
import type { Connection, Dialect } from '../dialects/dialect.js';
import type { Health } from './health.js';

/** How long an answer may take, milliseconds. */
const answerMs = 5000;

/** A server that copies the one that is cleaned. */
export interface Replica {
  readonly dialect: Dialect;
  readonly connect: () => Promise<Connection>;
}

/**
 * Asks a replica how far it is behind; good if that is less than so many seconds. One that cannot be asked, does not answer in
 * time, or has stopped to copy, is not well. The connection is kept from one question to the next, until one fails.
 */
export function replicaHealth({ dialect, connect }: Replica, belowSeconds: number): () => Promise<Health> {
  let connection: Connection | undefined;
  const lagSeconds = async (): Promise<number | undefined> => {
    connection ??= await connect();
    return dialect.catalog.replicaLagSeconds?.(connection);
  };
  return async () => {
    const late = new AbortController();
    try {
      const silence = after(answerMs, undefined, { signal: late.signal }).then(() => {
        throw new Error('it does not answer in time');
      });
      const seconds = await Promise.race([lagSeconds(), silence]);
      if (seconds === undefined) return { isGood: false, words: 'it copies no other server, or has stopped to' };
      return {
        isGood: seconds < belowSeconds,
        words: `it is ${Math.round(seconds)} s behind, and ${belowSeconds} is the bound`,
      };
    } catch (error) {
      connection?.destroy();
      connection = undefined;
      return { isGood: false, words: `it cannot be asked: ${error instanceof Error ? error.message : error}` };
    } finally {
      late.abort();
    }
  };
}
