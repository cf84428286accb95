import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import { UsageError } from '../errors.js';
import { type ConfigFile, fileError, syntaxError } from './config-file.js';
import type { Addition, Document, Fact, Spot } from './document.js';
import { breakOf, type Edit, indentAt, lineEnd, linesBelow } from './edit.js';
import { lineOf } from './fragment.js';

/** Reads a deployment.toml. @throws UsageError where it is malformed or something else */
export function openToml(file: ConfigFile): Document {
  const program = parse(file);
  const [top] = program.body;
  const values = getStaticTOMLValue(program);
  // Every deployment.toml names its host there.
  if (!('server' in values) && !('oauth' in values)) {
    throw new UsageError(`${file.path} is no deployment.toml: it has neither [server] nor [oauth…].`, {
      next: 'Give repository/conf/deployment.toml.',
    });
  }
  const entries = entriesOf(top);
  return {
    find: (path) => {
      const entry = entries.find((one) => isSame(one.path, path));
      return entry && spotOf(file, entry.node);
    },
    add: (settings) => additions(file, program, settings),
    facts: [...flatten(values, []), ...program.comments.map(({ value }) => ({ path: '#', value: value.trimEnd() }))],
  };
}

function parse(file: ConfigFile): AST.TOMLProgram {
  try {
    return parseTOML(file.text, { tomlVersion: '1.0' });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw syntaxError(file, error.lineNumber, error.column + 1, `this is no TOML: ${error.message}.`);
  }
}

type Path = readonly (string | number)[];

interface Entry {
  readonly path: Path;
  readonly node: AST.TOMLKeyValue;
}

const isSame = (one: Path, other: Path): boolean => one.length === other.length && startsWith(one, other);

const startsWith = (path: Path, start: Path): boolean => start.every((part, at) => path[at] === part);

const keysOf = (key: AST.TOMLKey): readonly string[] =>
  key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));

/** Every key with a value, however it is spelled: below a header, with dots, quoted, in an inline table. */
function entriesOf(top: AST.TOMLTopLevelTable): readonly Entry[] {
  const inBody = (body: readonly AST.TOMLKeyValue[], parents: Path): readonly Entry[] =>
    body.flatMap((node): readonly Entry[] => {
      const path = [...parents, ...keysOf(node.key)];
      return node.value.type === 'TOMLInlineTable' ? inBody(node.value.body, path) : [{ path, node }];
    });
  return top.body.flatMap((node) =>
    node.type === 'TOMLTable' ? inBody(node.body, node.resolvedKey) : inBody([node], []),
  );
}

function spotOf({ text }: ConfigFile, node: AST.TOMLKeyValue): Spot {
  const [from, to] = node.range;
  const [start, end] = node.value.range;
  const { value } = node;
  if (value.type !== 'TOMLValue') return { value: text.slice(start, end), from, to };
  if (value.kind !== 'string') return { value: text.slice(start, end), from, to, valueAt: { from: start, to: end } };
  // "true" is as good as true to the product; the quotes stay.
  const plain = !value.multiline && text.slice(start + 1, end - 1) === value.value;
  return { value: value.value.trim(), from, to, ...(plain && { valueAt: { from: start + 1, to: end - 1 } }) };
}

function additions(file: ConfigFile, program: AST.TOMLProgram, settings: readonly Addition[]): readonly Edit[] {
  const [first] = settings;
  if (first === undefined) return [];
  const group = first.path.slice(0, -1);
  const lines = settings.map(({ path, value }) => lineOf.toml(path.at(-1) ?? '', value));
  const [top] = program.body;
  refuseOtherSpellings(file, top, group, lines);
  const table = tablesOf(top).find(({ resolvedKey }) => isSame(resolvedKey, group));
  if (table === undefined) {
    refuseCommentedOut(
      file,
      program,
      new RegExp(`^\\s*\\[\\s*${group.join('\\s*\\.\\s*')}\\s*\\]`),
      `[${group.join('.')}]`,
    );
    return [sectionEdit(file, top, group, lines)];
  }
  for (const { path } of settings) {
    const key = String(path.at(-1));
    refuseCommentedOut(file, program, new RegExp(`^\\s*${key}\\s*=`), key, bodyOf(top, table, file));
  }
  const last = table.body.at(-1);
  const at = last?.range[1] ?? headerEnd(file, table);
  const indent = indentAt(file.text, (last ?? table).range[0]) ?? '';
  return [
    linesBelow(
      file.text,
      at,
      lines.map((line) => indent + line),
    ),
  ];
}

const tablesOf = (top: AST.TOMLTopLevelTable): readonly AST.TOMLTable[] =>
  top.body.filter((node): node is AST.TOMLTable => node.type === 'TOMLTable');

/** The end of `[name]`. */
const headerEnd = ({ text }: ConfigFile, table: AST.TOMLTable): number => text.indexOf(']', table.key.range[1]) + 1;

/**
 * Beside `oauth.x = …`, `token_cleanup.x = …` or `token_cleanup = { … }` a header of the same name is either an error or,
 * in the product's own reader, one of those that end its start with a StackOverflowError.
 *
 * https://github.com/wso2/product-is/issues/13485
 */
function refuseOtherSpellings(
  file: ConfigFile,
  top: AST.TOMLTopLevelTable,
  group: Path,
  lines: readonly string[],
): void {
  const refuse = (at: number, spelled: Path): never => {
    throw fileError(
      file,
      at,
      `${spelled.join('.')} is no section here, but written with dots, braces or as a list, so nothing can be added to it safely.`,
      `Write it as the section [${group.join('.')}], or add there yourself: ${lines.join(', ')}`,
    );
  };
  for (const node of top.body) {
    const parents = node.type === 'TOMLTable' ? node.resolvedKey : [];
    if (node.type === 'TOMLTable' && node.kind === 'array' && startsWith(group, parents.slice(0, -1))) {
      refuse(node.range[0], parents.slice(0, -1));
    }
    const spelled = group.slice(0, parents.length + 1);
    if (parents.length >= group.length) continue;
    for (const pair of node.type === 'TOMLTable' ? node.body : [node]) {
      if (startsWith([...parents, ...keysOf(pair.key)], spelled)) refuse(pair.range[0], spelled);
    }
  }
}

/** What somebody has put in a comment is theirs to bring back: beside it, a second one would be misread. */
function refuseCommentedOut(
  file: ConfigFile,
  { comments }: AST.TOMLProgram,
  form: RegExp,
  name: string,
  within: readonly [number, number] = [0, file.text.length],
): void {
  const found = comments.find(({ value, range }) => form.test(value) && range[0] >= within[0] && range[1] <= within[1]);
  if (found === undefined) return;
  throw fileError(
    file,
    found.range[0],
    `${name} is commented out here.`,
    'Take it out of the comment, or remove the comment, and run the same command again.',
  );
}

/** From a header to the next one. */
function bodyOf(top: AST.TOMLTopLevelTable, table: AST.TOMLTable, { text }: ConfigFile): readonly [number, number] {
  const next = tablesOf(top).find(({ range }) => range[0] > table.range[0]);
  return [table.range[0], next?.range[0] ?? text.length];
}

/** A new section below the last one of its family, since the product wants a parent before its children; else at the end. */
function sectionEdit(file: ConfigFile, top: AST.TOMLTopLevelTable, group: Path, lines: readonly string[]): Edit {
  const { text } = file;
  const tables = tablesOf(top);
  const relative = tables.filter(({ resolvedKey }) => resolvedKey[0] === group[0]).at(-1);
  const model = relative ?? tables.at(-1);
  const indent = (model && indentAt(text, model.range[0])) ?? '';
  const [pair] = model?.body ?? [];
  const keyIndent = (pair && indentAt(text, pair.range[0])) ?? indent;
  const section = [`${indent}[${group.join('.')}]`, ...lines.map((line) => keyIndent + line)];
  const isLast = relative === undefined || relative === tables.at(-1);
  return isLast ? atEnd(text, section) : linesBelow(text, endOf(file, relative), ['', ...section]);
}

function atEnd(text: string, lines: readonly string[]): Edit {
  const feed = breakOf(text);
  const put = lines.join(feed);
  const at = { from: text.length, to: text.length };
  if (!text.endsWith('\n')) return { ...at, text: `${feed}${feed}${put}` };
  return { ...at, text: `${/\n\r?\n$/.test(text) ? '' : feed}${put}${feed}` };
}

/** The last line of a section; comments below it belong to it, unless they lead straight over to the next header. */
function endOf({ text }: ConfigFile, table: AST.TOMLTable): number {
  const last = table.range[1];
  let end = last;
  for (let line = nextLine(text, last); line !== undefined; line = nextLine(text, line)) {
    const content = text.slice(line, lineEnd(text, line)).trim();
    if (content === '') return end;
    if (!content.startsWith('#')) return last;
    end = line;
  }
  return end;
}

function nextLine(text: string, at: number): number | undefined {
  const feed = text.indexOf('\n', at);
  return feed < 0 || feed + 1 >= text.length ? undefined : feed + 1;
}

function flatten(value: unknown, path: Path): readonly Fact[] {
  if (Array.isArray(value)) return value.flatMap((one, at) => flatten(one, [...path, at]));
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    return Object.entries(value).flatMap(([key, one]) => flatten(one, [...path, key]));
  }
  return [{ path: path.join('.'), value: `${typeof value} ${value}` }];
}
