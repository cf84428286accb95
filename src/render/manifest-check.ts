import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChecksumError } from '../errors.js';
import { sha256 } from './artifact.js';
import { type Manifest, manifestSchema } from './manifest.js';

export const manifestFile = 'manifest.json';
export const sumsFile = 'SHA256SUMS';

/** The manifest of a folder, where it has one. @throws ChecksumError for one that cannot be understood */
export function readManifest(folder: string): Manifest | undefined {
  const path = join(folder, manifestFile);
  if (!existsSync(path)) return undefined;
  const next = 'Generate the files again into an empty folder.';
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new ChecksumError(`${path} is not a manifest that this version of deepclean understands.`, { cause, next });
  }
}

/** Lines as sha256sum writes them. */
export function readSums(folder: string): ReadonlyMap<string, string> {
  const path = join(folder, sumsFile);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return new Map([...text.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm)].map(([, sum = '', file = '']) => [file, sum]));
}

/** What is wrong with a file that `SHA256SUMS` and the manifest vouch for. */
export function fileProblem(
  folder: string,
  file: string,
  listed: string | undefined,
  wanted = listed,
): readonly string[] {
  const path = join(folder, file);
  if (!existsSync(path)) return [`- ${file} is missing`];
  if (listed === undefined) return [`- ${file} is not listed in ${sumsFile}`];
  const sum = sha256(readFileSync(path, 'utf8'));
  return sum === listed && sum === wanted ? [] : [`- ${file} was edited`];
}
