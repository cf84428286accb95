import { Chalk, type ChalkInstance, supportsColor, supportsColorStderr } from 'chalk';
import { redact } from '../config/secrets.js';
import { dialects } from '../dialects/registry.js';
import { policies } from '../policies/index.js';
import type { Report } from '../report/report.js';
import { drawSections } from './draw.js';
import { errorJson, errorText } from './error-text.js';
import { toDeepcleanError } from './to-deepclean-error.js';

/** The only way to the terminal: reports go to stdout, everything else to stderr, secrets nowhere. */
export interface Output {
  readonly json: boolean;
  /** Keeps a text out of everything that is written from now on. */
  hide(secret: string | undefined): void;
  report(report: Report): void;
  /** Text for stdout as it is: SQL, an inspection file. */
  raw(text: string): void;
  /** A message to the person who watches. */
  note(text: string): void;
  /** Reports a failure. Returns its exit code. */
  fail(error: unknown): number;
  /** Colours for what is drawn on stderr. */
  readonly colours: ChalkInstance;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function createOutput({ json, env }: OutputOptions): Output {
  const secrets = new Set<string>();
  const colours = chalkOf(supportsColor, env);
  const coloursStderr = chalkOf(supportsColorStderr, env);
  const hidden = (text: string): string => redact(text, [...secrets]);
  // A password that is also one of our own words would blot out what was asked for, and tell nothing.
  const inReports = (text: string): string => redact(text, [...secrets].filter(isTelling));
  const toStderr = (text: string): void => void process.stderr.write(`${text}\n`);
  return {
    json,
    colours: coloursStderr,
    hide: (secret) => {
      if (secret) secrets.add(secret);
    },
    report: ({ sections, json: facts }) => {
      const text = json
        ? JSON.stringify(inTexts(facts, inReports), null, 2)
        : inReports(drawSections(sections, colours));
      process.stdout.write(`${text}\n`);
    },
    raw: (text) => void process.stdout.write(inReports(text)),
    note: (text) => toStderr(json ? JSON.stringify({ note: hidden(text) }) : hidden(text)),
    fail: (thrown) => {
      const error = toDeepcleanError(thrown);
      toStderr(json ? JSON.stringify(inTexts(errorJson(error), hidden)) : hidden(errorText(error, coloursStderr)));
      if (env.DEEPCLEAN_DEBUG === '1') toStderr(hidden(traceOf(thrown)));
      return error.exitCode;
    },
  };
}

/** chalk itself knows nothing of NO_COLOR. */
function chalkOf(support: typeof supportsColor, env: OutputOptions['env']): ChalkInstance {
  return new Chalk({ level: env.NO_COLOR || support === false ? 0 : support.level });
}

const ownWords = [
  ...dialects.flatMap(({ name, title, schemes }) => [name, title, ...schemes]),
  ...policies.map(({ name }) => name),
];

const isTelling = (secret: string): boolean =>
  secret.length >= 4 && !ownWords.some((word) => word.toLowerCase().includes(secret.toLowerCase()));

/** Applies to every text in a JSON value, and leaves its shape alone. */
function inTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one) => inTexts(one, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inTexts(one, change)]));
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack ?? error.message}${error.cause === undefined ? '' : `\ncaused by ${traceOf(error.cause)}`}`;
}
