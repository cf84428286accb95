import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a key without a passphrase. Returns its path. */
export function makeKey(folder: string, name: string, type = 'ed25519'): string {
  const key = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', name, '-f', key]);
  return key;
}

/** Adds a key to a file of allowed signers. Returns the file's path. */
export function allow(folder: string, key: string, principal: string, options = ''): string {
  const file = join(folder, 'allowed_signers');
  appendFileSync(file, `${principal} ${options}${readFileSync(`${key}.pub`, 'utf8')}`);
  return file;
}
