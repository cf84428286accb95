import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from './errors.js';

/** A text file that the user named. @throws UsageError that names it */
export function readTextFile(path: string): string {
  return onFile(path, () => readFileSync(path, 'utf8'));
}

/** Makes a folder that the user named, and those above it. @throws UsageError that names the one that cannot be made */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  // One by one: Node's recursive mkdir tries for ever where the system lets nobody make one, as below /proc.
  onFile(folder, () => mkdirSync(folder));
}

function onFile<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    throw new UsageError(`The file ${path} cannot be used: ${code}.`, {
      cause: error,
      next: 'Check the path and its permissions.',
    });
  }
}
