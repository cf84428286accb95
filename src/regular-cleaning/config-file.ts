import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { UsageError } from '../errors.js';
import type { FileKind } from './settings.js';

/** A configuration file of the product, as it was found. */
export interface ConfigFile {
  /** The file itself, where the given path is a link. */
  readonly path: string;
  readonly kind: FileKind;
  readonly bytes: Buffer;
  /** A byte order mark, or nothing; not part of the text. */
  readonly mark: string;
  /**
   * Every character is one byte. What has a meaning in XML and TOML is ASCII, so that a place in the text is a place in
   * the file, and bytes of any encoding (identity.xml says ISO-8859-1, and many hold UTF-8) come through untouched.
   */
  readonly text: string;
  /** The deployment.toml that the product writes this identity.xml from, at every start. */
  readonly madeFrom?: string;
}

const utf8Mark = '\u00ef\u00bb\u00bf';

/** @throws UsageError where it is no file of the product, or not written byte by byte */
export function readConfigFile(given: string): ConfigFile {
  const path = realpathSync(given);
  if (!statSync(path).isFile()) throw new UsageError(`${given} is no file.`, { next: nextFile });
  const kind = kindOf(path, given);
  const bytes = readFileSync(path);
  const all = bytes.toString('latin1');
  if (all.includes('\0')) {
    throw new UsageError(`${given} is no plain text: it holds zero bytes, as UTF-16 has them.`, {
      next: 'Save it as UTF-8; the product reads nothing else either.',
    });
  }
  const mark = all.startsWith(utf8Mark) ? utf8Mark : '';
  const source = kind === 'xml' ? sourceOf(path) : undefined;
  return { path, kind, bytes, mark, text: all.slice(mark.length), ...(source !== undefined && { madeFrom: source }) };
}

const nextFile = 'Give the path of an identity.xml (API Manager 2.6) or a deployment.toml (3.0 and newer).';

function kindOf(path: string, given: string): FileKind {
  // The name that was given counts too: in a container it often is a link to a file with a meaningless one.
  for (const name of [given, path]) {
    const end = extname(basename(name)).toLowerCase();
    if (end === '.xml') return 'xml';
    if (end === '.toml') return 'toml';
  }
  throw new UsageError(`${given} is neither an .xml nor a .toml file.`, { next: nextFile });
}

/** From 3.0 on, repository/conf/identity/identity.xml is made from repository/conf/deployment.toml. */
function sourceOf(path: string): string | undefined {
  const source = join(dirname(dirname(path)), 'deployment.toml');
  return existsSync(source) ? source : undefined;
}

/** Counts from 1. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** What is wrong with a place in the file. Quotes nothing from it, since it may hold passwords. */
export const fileError = (file: ConfigFile, offset: number, what: string, next: string): UsageError =>
  new UsageError(`${file.path} line ${lineAt(file.text, offset)}: ${what}`, { next });

/** What cannot be read as XML or TOML. @param column counts from 1 */
export const syntaxError = (file: ConfigFile, line: number, column: number, what: string): UsageError =>
  new UsageError(`${file.path} line ${line}, column ${column}: ${what}`, {
    next: 'Put the file right first; the product could not read it either.',
  });
