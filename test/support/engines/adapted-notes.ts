import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineName } from './types.js';

// Processes of one run tell each other by files what an imitation was sent in other words.

export const runFolderVariable = 'DEEPCLEAN_TEST_RUN_FOLDER';
const noted = new Set<string>();

const notesFolder = (engine: EngineName): string | undefined => {
  const run = process.env[runFolderVariable];
  return run === undefined ? undefined : join(run, 'adapted', engine);
};

/** For the reporter, which lives in another process. */
export function noteAdapted(engine: EngineName, what: string): void {
  const folder = notesFolder(engine);
  if (folder === undefined || noted.has(what)) return;
  noted.add(what);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, encodeURIComponent(what)), '');
}

/** What any process of this run had to put into other words. */
export function adaptedInThisRun(engine: EngineName): readonly string[] {
  const folder = notesFolder(engine);
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder).map(decodeURIComponent).sort();
}
