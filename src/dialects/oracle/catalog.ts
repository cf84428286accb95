import type { Catalog } from '../dialect.js';
import { compileErrors } from './catalog-errors.js';
import { grantsInWords, installPrivileges, missingGrants } from './catalog-grants.js';
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

/** Reads what an Oracle database holds; a namespace is the schema of an owner. */
export const catalog: Catalog = {
  readServer,
  readTables,
  tableSizes,
  installPrivileges,
  missingGrants,
  grantsInWords,
  existing,
  objectsLike,
  routinesMentioning,
  storedHashes,
  compileErrors,
  running,
  lockRun,
  deleteRule,
  drop,
  addKey,
  changeColumn,
};
