import type { Catalog } from '../dialect.js';
import { grantsInWords, missingGrants } from './catalog-grants.js';
import {
  addKey,
  changeColumn,
  drop,
  existing,
  lockRun,
  objectsLike,
  routinesMentioning,
  running,
} from './catalog-objects.js';
import { readServer } from './catalog-server.js';
import { tableSizes } from './catalog-sizes.js';
import { deleteRule, readTables } from './catalog-tables.js';
import { storedHashes } from './stored-hash.js';

/** Reads what a SQL Server database holds, in one of its schemas. */
export const catalog: Catalog = {
  readServer,
  readTables,
  tableSizes,
  installPrivileges: [
    'SELECT',
    'INSERT',
    'UPDATE',
    'DELETE',
    'ALTER',
    'CREATE TABLE',
    'CREATE VIEW',
    'CREATE PROCEDURE',
  ],
  // The catalog shows a caller only what he may see, and a foreign key or a policy that is hidden costs rows.
  callPrivileges: ['VIEW DEFINITION'],
  missingGrants,
  grantsInWords,
  existing,
  objectsLike,
  routinesMentioning,
  storedHashes,
  running,
  lockRun,
  deleteRule,
  drop,
  addKey,
  changeColumn,
};
