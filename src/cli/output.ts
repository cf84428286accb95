import { Chalk, type ChalkInstance, supportsColor, supportsColorStderr } from 'chalk';
import { redact, redactUrl } from '../config/secrets.js';
import type { Report } from '../report/report.js';
import { drawSections } from './draw.js';
import { errorJson, errorText } from './error-text.js';
import { toDeepcleanError } from './to-deepclean-error.js';

/** The only way to the terminal: reports go to stdout, everything else to stderr, passwords nowhere. */
export interface Output {
  readonly json: boolean;
  /** Keeps a text out of all messages and errors from now on: a driver may say it. */
  hide(secret: string | undefined): void;
  /** Words that are no secret, such as the user's name; they are told also if the password is the same word. */
  show(words: readonly string[]): void;
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
  const shown = new Set<string>();
  const colours = chalkOf(supportsColor, env);
  const coloursStderr = chalkOf(supportsColorStderr, env);
  const hidden = (text: string): string =>
    redact(
      text,
      [...secrets].filter((secret) => !shown.has(secret)),
    );
  const toStderr = (text: string): void => void process.stderr.write(`${text}\n`);
  return {
    json,
    colours: coloursStderr,
    hide: (secret) => {
      if (secret) secrets.add(secret);
    },
    show: (words) => {
      for (const word of words) shown.add(word);
    },
    report: ({ sections, json: facts }) => {
      const text = json
        ? JSON.stringify(inTexts(facts, withoutPasswords), null, 2)
        : withoutPasswords(drawSections(sections, colours));
      process.stdout.write(`${text}\n`);
    },
    raw: (text) => void process.stdout.write(text),
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

/**
 * What is reported are facts of the database: names of users, tables and settings, which are told as they are, also where
 * a password happens to be the same word. Masked there, it could be read off what is missing. Only a URL may hold one.
 */
const withoutPasswords = (text: string): string =>
  text.replace(/\b(?:jdbc:|[a-z][a-z0-9+.-]*:\/\/)(?:=\{(?:[^}]|\}\})*\}|\S)+/gi, redactUrl);

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
