import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Wordings that this project does not use; docs/glossary.md has those that it does. */
const notUsed: readonly (readonly [wording: RegExp, better: string])[] = [
  [/\bwhoever\b/i, 'the caller, the user, a user who'],
  [/\banew\b/i, 'again; to recreate'],
  [/\bby (itself|themselves)\b/i, 'on its own; leave it out'],
  [/\b(is|are|was|were) told\b/i, 'is configured, is reported'],
  [/\bhangs? on\b/i, 'refers to; child row'],
  [/\b(time )?stamps?\b/i, 'timestamp'],
  [/\bmade again\b/i, 'recreated, retried'],
  [/\bin any case only\b/i, 'only'],
];

const files = (folder: string, ending: RegExp): readonly string[] =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => `${folder}/${name}`);

const dialects = ['mssql', 'mysql', 'oracle', 'postgresql'];

/** Text in backticks and code blocks is code, not English. */
const prose = (markdown: string): string =>
  markdown.replace(/```[\s\S]*?```|`[^`]*`/g, (code) => code.replace(/[^\n]/g, ' '));

/** Only what a user reads: text in quotes that has several words. */
const messages = (source: string): string =>
  source
    .split('\n')
    .map((line) => (/^\s*(\/\/|\/?\*)/.test(line) ? '' : quoted(line).join(' ')))
    .join('\n');

const quoted = (line: string): readonly string[] =>
  [...line.matchAll(/'[^']*'|"[^"]*"|`[^`]*`/g)]
    .map(([text]) => text.replace(/\$\{[^}]*\}/g, ''))
    .filter((text) => text.includes(' '));

const found = (names: readonly string[], read: (text: string) => string): readonly string[] =>
  names.flatMap((name) =>
    read(readFileSync(`${root}${name}`, 'utf8'))
      .split('\n')
      .flatMap((line, at) =>
        notUsed
          .filter(([wording]) => wording.test(line))
          .map(([wording, better]) => `${name}:${at + 1} ${wording.exec(line)?.[0]} → ${better}: ${line.trim()}`),
      ),
  );

test('the pages for users are in plain English', () => {
  const pages = ['README.md', ...files('docs', /\.md$/), ...dialects.map((name) => `src/dialects/${name}/README.md`)];
  expect(found(pages, prose)).toEqual([]);
});

test('so are the templates', () => {
  // What Handlebars puts in is named by the view, and is no English.
  const templates = [...dialects, '_shared'].flatMap((name) => files(`templates/${name}`, /\.hbs$/));
  expect(found(templates, (text) => text.replace(/\{\{[^}]*\}\}/g, ''))).toEqual([]);
});

test('so are messages, and what describes policies', () => {
  expect(found(files('src', /\.ts$/), messages)).toEqual([]);
});
