import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../errors.js';
import type { ConfigFile } from './config-file.js';
import type { ChangePlan } from './plan-change.js';

/**
 * Replaces the file by the changed one in one step, and keeps the old one beside it. Returns the path of the copy.
 *
 * @throws UsageError where the file is not as it was when the plan was made, or cannot be replaced; nothing was changed
 */
export function applyChange({ file, text }: ChangePlan): string {
  const { path } = file;
  try {
    const stat = statSync(path);
    const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
    try {
      writeWhole(temporary, Buffer.from(file.mark + text, 'latin1'), stat);
      refuseChanged(file);
      const backup = keep(file, stat);
      renameSync(temporary, path);
      return backup;
    } finally {
      rmSync(temporary, { force: true });
    }
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) throw error;
    throw new UsageError(`${path} cannot be replaced (${error.code} in ${error.syscall}); it is as it was.`, {
      cause: error,
      next: 'Run it as the user who owns the file, with write access to its folder; in a container, change the file that is mounted.',
    });
  }
}

/** The plan may have been looked at for a while. */
function refuseChanged({ path, bytes }: ConfigFile): void {
  if (readFileSync(path).equals(bytes)) return;
  throw new UsageError(`${path} was changed by somebody else meanwhile; it is as they left it.`, {
    next: 'Run the same command again.',
  });
}

/** A copy of what was read, under the first name that is free: `deployment.toml.backup-1`. */
function keep({ path, bytes }: ConfigFile, stat: Stats): string {
  for (let number = 1; ; number++) {
    const backup = `${path}.backup-${number}`;
    try {
      writeWhole(backup, bytes, stat);
      return backup;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

/** Writes a new file down to the disk, with the owner and mode of another; it may hold passwords from the first byte on. */
function writeWhole(path: string, bytes: Buffer, { mode, uid, gid }: Stats): void {
  const handle = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  const made = statSync(path);
  if (made.uid !== uid || made.gid !== gid) chownSync(path, uid, gid);
  chmodSync(path, mode & 0o7777);
}
