import { createHash } from 'node:crypto';
import type { Connection, ResultRow } from '../dialects/dialect.js';
import type { Place } from '../operate/place.js';
import type { Column } from '../schema/types.js';
import { type Reading, readRows } from './read-table.js';

/**
 * What a number of rows is, whatever their order: how many they are, and the sum of their hashes. Two sets of rows have the
 * same sum only if they are the same rows (to find others is as hard as to find a collision of SHA-256), and the sums of two
 * parts add up to that of the whole.
 */
export interface Digest {
  readonly rows: number;
  readonly sum: bigint;
  /** Bytes of what the rows hold, as they were read. */
  readonly bytes: number;
}

export const noRows: Digest = { rows: 0, sum: 0n, bytes: 0 };

const modulus = 1n << 256n;

export const plus = (one: Digest, other: Digest): Digest => ({
  rows: one.rows + other.rows,
  sum: (one.sum + other.sum) % modulus,
  bytes: one.bytes + other.bytes,
});

export const isSame = (one: Digest, other: Digest): boolean => one.rows === other.rows && one.sum === other.sum;

/** Of all rows that are read. */
export async function digestOf(connection: Connection, place: Place, reading: Reading): Promise<Digest> {
  let digest = noRows;
  for await (const page of readRows(connection, place, reading)) {
    for (const row of page) digest = plus(digest, digestOfRow(row, reading.columns));
  }
  return digest;
}

/** How often each row is there, by its hash. */
export async function hashesOf(connection: Connection, place: Place, reading: Reading): Promise<Map<string, number>> {
  const hashes = new Map<string, number>();
  for await (const page of readRows(connection, place, reading)) {
    for (const row of page) {
      const hash = hashOfRow(row, reading.columns).hash;
      hashes.set(hash, (hashes.get(hash) ?? 0) + 1);
    }
  }
  return hashes;
}

function digestOfRow(row: ResultRow, columns: readonly Column[]): Digest {
  const { hash, bytes } = hashOfRow(row, columns);
  return { rows: 1, sum: BigInt(`0x${hash}`), bytes };
}

function hashOfRow(row: ResultRow, columns: readonly Column[]): { readonly hash: string; readonly bytes: number } {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const { name } of columns) {
    const value = row[name];
    const content = value === null || value === undefined ? undefined : contentOf(value);
    // With its length in front, so that no two rows are written alike.
    hash.update(content === undefined ? 'null;' : `${content.length}:`);
    if (content === undefined) continue;
    hash.update(content);
    bytes += content.length;
  }
  return { hash: hash.digest('hex'), bytes };
}

const contentOf = (value: unknown): Buffer =>
  Buffer.isBuffer(value) ? value : Buffer.from(typeof value === 'object' ? JSON.stringify(value) : String(value));
