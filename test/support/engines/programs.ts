import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Where the programs of each engine are on this machine.

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const debianPostgresql = '/usr/lib/postgresql';

/** Where provision.sh puts what no package of this system offers. */
export const enginesFolder = process.env.DEEPCLEAN_ENGINES_DIR ?? join(repository, '.engines');

/** Servers are often in sbin, which an ordinary user's PATH lacks. */
export function findProgram(...names: string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'].filter(Boolean);
  return firstExecutable(names.flatMap((name) => folders.map((folder) => join(folder, name))));
}

export function provisioned(name: string): string | undefined {
  return firstExecutable([join(enginesFolder, 'mysql', name)]);
}

/** Debian's server folders, newest major version first. */
export function debianPostgresqlFolders(): string[] {
  try {
    const versions = readdirSync(debianPostgresql).filter((name) => /^\d+$/.test(name));
    return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(debianPostgresql, version));
  } catch {
    return [];
  }
}

export function findPsql(): string | undefined {
  // Debian's own psql is a wrapper that looks for a configured cluster; the real one asks for nothing.
  return firstExecutable(debianPostgresqlFolders().map((folder) => join(folder, 'bin/psql'))) ?? findProgram('psql');
}

export function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL refuses to run as root, and needs a user that the system knows by name; `nobody` is always there. */
export function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (user === undefined) throw new Error('Running as root, and this system has neither a user postgres nor nobody.');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

function firstExecutable(paths: readonly string[]): string | undefined {
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
