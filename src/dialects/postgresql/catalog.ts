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

/** Reads what a PostgreSQL server holds; names are looked up by namespace, never through search_path. */
export const catalog: Catalog = {
  readServer,
  replicaLagSeconds,
  readTables,
  tableSizes,
  installPrivileges: ['USAGE', 'CREATE'],
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
