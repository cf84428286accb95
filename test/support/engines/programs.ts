import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newestPostgresqlFolders } from '../../../src/dialects/postgresql/programs.js';
import { findProgram, firstExecutable } from '../../../src/programs/find.js';

// Where the programs of each engine are on this machine.

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** Where provision.sh puts what no package of this system offers. */
export const enginesFolder = process.env.DEEPCLEAN_ENGINES_DIR ?? join(repository, '.engines');

export function provisioned(name: string): string | undefined {
  return firstExecutable([join(enginesFolder, 'mysql', name)]);
}

export function findPsql(): string | undefined {
  // Debian's own psql is a wrapper that looks for a configured cluster; the real one asks for nothing.
  return firstExecutable(newestPostgresqlFolders().map((folder) => join(folder, 'bin/psql'))) ?? findProgram('psql');
}
