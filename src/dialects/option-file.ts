import { readFileSync, statSync } from 'node:fs';

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

/** The text of a file, or nothing if there is none that this user may read: then it counts as little as for the vendors. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** True if the file gives one of these permissions, such as 0o077; Windows has none of them. */
export const isOpenTo = (file: string, bits: number): boolean =>
  process.platform !== 'win32' && (statSync(file).mode & bits) !== 0;
