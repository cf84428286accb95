import { readdirSync, readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import type { Dialect } from '../dialects/dialect.js';
import { breakLong } from './break-long.js';
import { hang, item, layOut, list, words } from './lay-out.js';

const templatesFolder = new URL('../../templates/', import.meta.url);
const suffix = '.hbs';

export type Render = (template: string, view: object) => string;

/**
 * The dialect's templates, compiled. Handlebars escapes nothing, refuses unknown helpers and missing values, and its
 * helpers refuse empty ones: a hole in a view is a defect that must never become SQL.
 */
export function loadTemplates(dialect: Dialect): Render {
  const known = loaded.get(dialect);
  if (known !== undefined) return known;
  const render = compileTemplates(dialect);
  loaded.set(dialect, render);
  return render;
}

/** Compiling takes longer than rendering, and every cleanup is rendered from the same templates. */
const loaded = new Map<Dialect, Render>();

/** A view has no field of such a name: where a template says it, the helper would be called instead. */
export const helperNames = [...['dollarQuoted', 'literal', 'hangLines', 'fillList', 'fillWords', 'fillItem']] as const;

function compileTemplates(dialect: Dialect): Render {
  const engine = Handlebars.create();
  engine.registerHelper({
    // Parts of a text, so that no quote of a template ever stands beside a value.
    literal: (...args: readonly unknown[]) => dialect.expressions.literal(joined(args.slice(0, -1))),
    hangLines: (lines: unknown) => hang(asList(lines, 'hangLines')),
    // Words and lists of words, one behind the other.
    fillList: (...parts: readonly unknown[]) =>
      list(
        asList(
          parts.slice(0, -1).flatMap((part) => (typeof part === 'string' ? [part] : asList(part, 'fillList'))),
          'fillList',
        ),
      ),
    fillWords: (text: unknown) => words(asText(text, 'fillWords')),
    fillItem: (text: unknown) => item(asText(text, 'fillItem')),
  });
  // Text of a procedure between dollar quotes, of which no name within can be the end.
  engine.registerHelper('dollarQuoted', function (this: unknown, word: unknown, { fn }: Handlebars.HelperOptions) {
    const text = fn(this);
    const tag = dollarTag(asText(word, 'dollarQuoted'), text);
    return `${tag}${text}${tag}`;
  });
  const options = {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries(helperNames.map((name) => [name, true])),
  } as const;
  const compiled = new Map<string, Handlebars.TemplateDelegate>();
  for (const folder of ['_shared', dialect.templates]) {
    const url = new URL(`${folder}/`, templatesFolder);
    for (const file of readdirSync(url).filter((name) => name.endsWith(suffix))) {
      const source = readFileSync(new URL(file, url), 'utf8');
      const name = file.slice(0, -suffix.length);
      if (name.startsWith('_')) {
        const partial = name.slice(1).replace(/\..*$/, '');
        engine.registerPartial(partial, engine.compile(source, options));
      } else compiled.set(name, engine.compile(source, options));
    }
  }
  return (template, view) => {
    const delegate = compiled.get(template);
    if (delegate === undefined) throw new Error(`no template ${template} for ${dialect.name}`);
    return tidy(breakLong(layOut(delegate(view))));
  };
}

/** The word between dollars, numbered if the text holds it already. */
export function dollarTag(word: string, text: string): string {
  const numbered = (number: number): string => (number === 0 ? `$${word}$` : `$${word}_${number}$`);
  let number = 0;
  while (text.includes(numbered(number))) number += 1;
  return numbered(number);
}

/** Trailing blanks and runs of empty lines are left by conditions that did not hold. */
function tidy(text: string): string {
  return `${text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

const joined = (parts: readonly unknown[]): string =>
  parts.map((part) => (typeof part === 'number' ? String(part) : asText(part, 'literal'))).join('');

function asText(value: unknown, helper: string): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`{{${helper}}} needs text, got ${String(value)}`);
  return value;
}

function asList(value: unknown, helper: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new TypeError(`{{${helper}}} needs a list with something in it`);
  return value.map((item) => asText(item, helper));
}
