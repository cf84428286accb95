import { readFileSync, statSync } from 'node:fs';
import { UsageError } from '../errors.js';

/** Files with `[section]` and `name = value`, as the vendors' own clients read them. */

/** Names and values of a section, as they are written; a name alone has an empty value. */
export function readSection(text: string, section: string): ReadonlyMap<string, string> | undefined {
  const values = new Map<string, string>();
  let [isIn, isThere] = [false, false];
  for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
    const title = /^\[([^\]]*)\]/.exec(line)?.[1];
    if (title !== undefined) isIn = title.trim() === section;
    isThere ||= isIn;
    if (!isIn || title !== undefined || /^([#;]|$)/.test(line)) continue;
    const [, name = '', value = ''] = /^([^=]*?)\s*(?:=\s*(.*))?$/s.exec(line) ?? [];
    values.set(name, value);
  }
  return isThere ? values : undefined;
}

/** The text of a file, or nothing if there is none. @throws UsageError if it is there and cannot be read */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      return undefined;
    throw new UsageError(`The file ${file} cannot be read.`, { cause, next: 'Check the path and its permissions.' });
  }
}

/** True if others than the owner have one of these permissions. @param bits such as 0o077; Windows has none of them */
export const isOpenTo = (file: string, bits: number): boolean =>
  process.platform !== 'win32' && ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & bits) !== 0;
