import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type Document, isAlias, isMap, isNode, isScalar, LineCounter, type Pair, parseDocument } from 'yaml';
import { type Entry, isGroup, type Reading } from './entry.js';

const fileNames = ['deepclean.config.yaml', 'deepclean.config.yml', 'deepclean.config.json'];

/** Keys that hold the path of a file; a relative one counts from the configuration file's own folder. */
const pathKeys = ['passwordFile', 'inspection', 'allowedSigners', 'review'];

/**
 * Reads the configuration file, if there is one: the given one, else the one in the folder.
 *
 * @param file path relative to `folder`, or absolute
 */
export function readConfigFile(file: string | undefined, folder: string): Reading {
  const found = file === undefined ? fileNames.filter((name) => existsSync(join(folder, name))) : [file];
  const name = found[0];
  if (name === undefined) return { entries: [], problems: [], warnings: [] };
  if (found.length > 1) return failed(`${found.join(' and ')} stand side by side: keep one, or name one with --config`);
  try {
    return readText(
      readFileSync(resolve(folder, name), 'utf8'),
      displayName(name, folder),
      relativeFolder(name, folder),
    );
  } catch (error) {
    return failed(
      `file ${displayName(name, folder)} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

const failed = (problem: string): Reading => ({ entries: [], problems: [problem], warnings: [] });

const displayName = (file: string, folder: string): string => {
  const inside = relative(folder, resolve(folder, file));
  return inside.startsWith('..') ? file : inside;
};

const relativeFolder = (file: string, folder: string): string => relative(folder, dirname(resolve(folder, file)));

/** JSON is read as YAML, of which it is a part, so that both have line numbers. */
function readText(text: string, file: string, folder: string): Reading {
  const lines = new LineCounter();
  // Pretty errors quote the line, which may hold a password.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const origin = (offset: number): string => `file ${file} line ${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => `${origin(error.pos[0])}: ${error.message}`);
    return { entries: [], problems, warnings: [] };
  }
  if (document.contents === null) return { entries: [], problems: [], warnings: [] };
  if (!isMap(document.contents))
    return failed(`file ${file}: keys and values are expected, such as "prefix: cleanup_"`);
  const entries = entriesIn(document, document.contents.items as readonly Pair[], [], origin);
  return { entries: entries.map((entry) => withFolder(entry, folder)), problems: [], warnings: [] };
}

function entriesIn(
  document: Document,
  pairs: readonly Pair[],
  parents: readonly string[],
  origin: (offset: number) => string,
): readonly Entry[] {
  return pairs.flatMap((pair): readonly Entry[] => {
    const path = [...parents, isScalar(pair.key) ? String(pair.key.value) : String(pair.key)];
    // Editors find the JSON Schema by this key.
    if (path.length === 1 && path[0] === '$schema') return [];
    const node = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
    if (isMap(node) && isGroup(path)) return entriesIn(document, node.items as readonly Pair[], path, origin);
    const value: unknown = isNode(node) ? node.toJS(document) : node;
    // A group whose keys are all commented out.
    if (value === null && isGroup(path)) return [];
    const offset = isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
    return [{ path, value, origin: origin(offset) }];
  });
}

function withFolder(entry: Entry, folder: string): Entry {
  const isPath = entry.path.length === 1 && pathKeys.includes(entry.path[0] ?? '');
  if (!isPath || typeof entry.value !== 'string' || entry.value === '' || isAbsolute(entry.value)) return entry;
  return { ...entry, value: join(folder, entry.value) };
}
