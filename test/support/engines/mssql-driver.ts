import { createRequire } from 'node:module';
import type * as Tedious from 'tedious';
import { adapted } from './adaptation.js';
import { noteAdapted } from './adapted-notes.js';
import { preloadInChildren } from './child-environment.js';
import { adaptations } from './mssql-adaptations.js';

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
  preloadInChildren(new URL('./mssql-preload.ts', import.meta.url));
  const { Connection } = loadDriver();
  for (const method of ['execSql', 'execSqlBatch'] as const) {
    const send = Connection.prototype[method];
    Connection.prototype[method] = function (this: Tedious.Connection, request: Tedious.Request) {
      const { sql, used } = adapted(request.sqlTextOrProcedure ?? '', adaptations);
      for (const { what } of used) noteAdapted('mssql', what);
      request.sqlTextOrProcedure = sql;
      send.call(this, request);
    };
  }
}
