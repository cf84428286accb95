import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Tedious from 'tedious';
import { adapted } from './mssql-adaptations.js';

// What speaks TDS below the npm package mssql, which the product uses: one copy for both, so that what is done to it
// here counts for the product's connections as well.

let driver: typeof Tedious | undefined;

export function loadDriver(): typeof Tedious {
  const here = createRequire(import.meta.url);
  driver ??= createRequire(here.resolve('mssql'))('tedious') as typeof Tedious;
  return driver;
}

let isAdapting = false;

/** From here on, everything that this process sends to SQL Server is put into words that the imitation knows. */
export function adaptDriver(): void {
  if (isAdapting) return;
  isAdapting = true;
  const { Connection } = loadDriver();
  for (const method of ['execSql', 'execSqlBatch'] as const) {
    const send = Connection.prototype[method];
    Connection.prototype[method] = function (this: Tedious.Connection, request: Tedious.Request) {
      const { sql, used } = adapted(request.sqlTextOrProcedure ?? '');
      for (const { what } of used) note(what);
      request.sqlTextOrProcedure = sql;
      send.call(this, request);
    };
  }
}

/** What a child process needs in its environment to do the same. */
export function childEnvironment(): Readonly<Record<string, string>> {
  if (!isAdapting) return {};
  const typescript = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href;
  const preload = new URL('./mssql-preload.ts', import.meta.url).href;
  return {
    NODE_OPTIONS: `--import ${typescript} --import ${preload}`,
    ...(process.env[runFolderVariable] !== undefined && { [runFolderVariable]: process.env[runFolderVariable] }),
  };
}

const runFolderVariable = 'DEEPCLEAN_TEST_RUN_FOLDER';
const noted = new Set<string>();

const notesFolder = (): string | undefined => {
  const run = process.env[runFolderVariable];
  return run === undefined ? undefined : join(run, 'adapted');
};

/** For the reporter, which lives in another process. */
function note(what: string): void {
  const folder = notesFolder();
  if (folder === undefined || noted.has(what)) return;
  noted.add(what);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, encodeURIComponent(what)), '');
}

/** What any process of this run had to put into other words. */
export function adaptedInThisRun(): readonly string[] {
  const folder = notesFolder();
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder).map(decodeURIComponent).sort();
}
