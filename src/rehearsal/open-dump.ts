import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Dialect } from '../dialects/dialect.js';
import { dialects } from '../dialects/registry.js';
import type { Dump } from '../dialects/scratch.js';
import { UsageError } from '../errors.js';

/** Programs whose dumps can be loaded. */
export const dumpPrograms: readonly string[] = dialects.flatMap(({ scratch }) => scratch?.dumpProgram ?? []);

/** How many letters tell which program made a dump. */
const beginningLength = 4096;

export interface OpenedDump {
  readonly dialect: Dialect;
  readonly dump: Dump;
}

/** Opens a dump, also one that gzip packed, and finds out whose it is. @throws UsageError */
export async function openDump(file: string): Promise<OpenedDump> {
  const packed = await firstBytes(file, 2);
  const isPacked = packed[0] === 0x1f && packed[1] === 0x8b;
  const content = (): Readable => {
    const source = createReadStream(file);
    // An error of the source becomes one of the unpacked text.
    return isPacked ? pipeline(source, createGunzip(), () => undefined) : source;
  };
  const beginning = await beginningOf(content(), file);
  const dialect = dialects.find(({ scratch }) => scratch?.readsDump(beginning));
  if (dialect !== undefined) return { dialect, dump: { name: basename(file), beginning, content } };
  throw new UsageError(`${file} is no dump that can be loaded.`, {
    next: `Give one of ${dumpPrograms.join(', ')}, with its first lines, packed by gzip or not. Of other databases restore a copy, and give its URL with --copy.`,
  });
}

async function firstBytes(file: string, length: number): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
      return buffer;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw cannotRead(file, error);
  }
}

async function beginningOf(content: Readable, file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of content) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= beginningLength) break;
    }
  } catch (error) {
    throw cannotRead(file, error);
  }
  return Buffer.concat(chunks).subarray(0, beginningLength).toString('latin1');
}

const cannotRead = (file: string, error: unknown): UsageError =>
  new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
    next: 'Give --dump the path of a dump.',
  });
