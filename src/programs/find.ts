import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program on the PATH, or in a folder for servers, which an ordinary user's PATH lacks; undefined if there is none. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'].filter(Boolean);
  return firstExecutable(names.flatMap((name) => folders.map((folder) => join(folder, name))));
}

/** The first of some files that may be executed. */
export const firstExecutable = (paths: readonly string[]): string | undefined =>
  paths.find((path) => isAccessible(path, constants.X_OK));

export const isReadable = (path: string): boolean => isAccessible(path, constants.R_OK);

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** Root cannot start every server; `nobody`, whom the system knows by name, is always there. Undefined if we are not root. */
export function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (user === undefined) throw new Error('Running as root, and this system has neither a user postgres nor nobody.');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}
