import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../errors.js';
import { isOpenTo, readIfThere } from '../option-file.js';

/** What a line of the file is found by. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

const usualFile = (): string =>
  process.platform === 'win32'
    ? join(process.env.APPDATA ?? '', 'postgresql', 'pgpass.conf')
    : join(homedir(), '.pgpass');

/**
 * The password in `.pgpass`, which the vendor's own client reads if nothing else says one.
 * https://www.postgresql.org/docs/current/libpq-pgpass.html
 *
 * @throws UsageError if other users may read the file
 */
export function passwordInFile(login: Login, file = usualFile()): string | undefined {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  if (isOpenTo(file, 0o077)) {
    throw new UsageError(`The password file ${file} is not used: other users may read it.`, {
      next: `Run chmod 600 ${file}, or give the password in another way.`,
    });
  }
  const wanted = [login.host.startsWith('/') ? 'localhost' : login.host, `${login.port}`, login.database, login.user];
  return text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map(fieldsOf)
    .find((fields) => wanted.every((value, at) => fields[at] === '*' || fields[at] === value))
    ?.at(4);
}

/** Colons stand between the fields; one that is part of a field has a backslash before it. */
const fieldsOf = (line: string): readonly string[] =>
  [...`${line}:`.matchAll(/((?:\\.|[^:\\])*):/g)].map(([, field = '']) => field.replace(/\\(.)/g, '$1'));
