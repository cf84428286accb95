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
import { readServer, replicaLagSeconds } from './catalog-server.js';
import { tableSizes } from './catalog-sizes.js';
import { deleteRule, readTables } from './catalog-tables.js';
import { storedHashes } from './stored-hash.js';

/** Reads what a MySQL or MariaDB server holds, in the database of the connection. */
export const catalog: Catalog = {
  readServer,
  replicaLagSeconds,
  readTables,
  tableSizes,
  installPrivileges: [
    ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP'],
    ...['CREATE VIEW', 'CREATE ROUTINE', 'ALTER ROUTINE'],
  ],
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
