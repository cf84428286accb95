import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../errors.js';
import { isOpenTo, readIfThere, readSection } from '../option-file.js';

const usualFile = (): string => join(homedir(), '.my.cnf');

/**
 * Section `[client]` of an option file, as the vendors' own clients read it: names with dashes, values without quotes.
 * https://dev.mysql.com/doc/refman/8.4/en/option-files.html
 *
 * @param file that of `defaults-file`; else `.my.cnf` in the home folder, if there is one
 * @throws UsageError if it cannot be read, or if anybody may change it
 */
export function readClientFile(file: string | undefined): ReadonlyMap<string, string> {
  const path = file ?? usualFile();
  const text = readIfThere(path);
  if (text === undefined) {
    if (file === undefined) return new Map();
    throw new UsageError(`The option file ${file} cannot be read.`, {
      next: 'Check defaults-file in the URL, and the permissions of the file.',
    });
  }
  if (isOpenTo(path, 0o002)) {
    throw new UsageError(`The option file ${path} is not used: every user may change it.`, {
      next: `Run chmod 600 ${path}.`,
    });
  }
  const written = readSection(text, 'client') ?? new Map<string, string>();
  return new Map([...written].map(([name, value]) => [name.replaceAll('_', '-').replace(/^loose-/, ''), plain(value)]));
}

/** What a backslash and a letter stand for; any other letter for itself. */
const escapes: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', r: '\r', s: ' ' };

/** A # ends the value unless it stands in quotes. */
function plain(value: string): string {
  const [kept = ''] = /^(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^#])*/.exec(value) ?? [];
  const bare = /^(["'])(.*)\1$/s.exec(kept.trim())?.[2] ?? kept.trim();
  return bare.replace(/\\([btnrs\\"'])/g, (_, letter: string) => escapes[letter] ?? letter);
}
