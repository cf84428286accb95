import { didYouMean } from './did-you-mean.js';
import type { Entry } from './entry.js';
import { fields, keysIn } from './fields.js';
import { redactUrl } from './secrets.js';
import { readSwitchWord } from './switch-words.js';

export type Checked = { readonly value: unknown } | { readonly problem: string };

/** Checks one value by itself; a problem names the key, the origin and what is allowed. */
export function checkEntry(entry: Entry): Checked {
  const name = entry.path.join('.');
  const field = fields.find((one) => one.name === name);
  if (!field) return { problem: `${name} (${entry.origin}): ${misplaced(entry.path)}` };
  const results = readingsOf(entry.value).map((value) => field.schema.safeParse(value));
  const accepted = results.find((result) => result.success);
  if (accepted) return { value: accepted.data };
  const allowed = results[0]?.error?.issues[0]?.message ?? 'another value';
  return { problem: `${name} (${entry.origin}): ${show(entry.value)} is not allowed; it must be ${allowed}` };
}

/** The value, and what it means where only text can be given, in a variable or on the command line: a list has commas. */
function readingsOf(value: unknown): readonly unknown[] {
  const isOn = ['string', 'boolean', 'number'].includes(typeof value) ? readSwitchWord(String(value)) : undefined;
  const word = isOn === undefined ? [] : [isOn ? 'yes' : 'no'];
  if (typeof value !== 'string') return [value, ...word];
  const number = /^-?\d+$/.test(value) ? [Number(value)] : [];
  return [value, ...number, ...word, value.split(',').map((one) => one.trim())];
}

function misplaced(path: readonly string[]): string {
  const ownKeys = keysIn(path);
  if (ownKeys) return `this is a group, its keys are ${ownKeys.join(', ')}`;
  const depth = path.findIndex((_, at) => !keysIn(path.slice(0, at + 1)));
  const known = keysIn(path.slice(0, depth)) ?? [];
  const meant = didYouMean(path[depth] ?? '', known);
  return `unknown key${meant ? `; did you mean ${meant}?` : ''}; allowed here: ${known.join(', ')}`;
}

function show(value: unknown): string {
  const hide = (_: string, part: unknown) => (typeof part === 'string' ? redactUrl(part) : part);
  const text = JSON.stringify(value, hide) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
