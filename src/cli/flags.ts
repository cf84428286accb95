import type { Options } from 'yargs';
import { readSwitchWord, switchWords } from '../config/switch-words.js';
import { UsageError } from '../errors.js';

/** What was given on the command line, by the option's own name. */
export type Flags = Readonly<Record<string, unknown>>;

/** Options of a command; each takes one value unless it is a boolean or an array. */
export type OptionTable = Readonly<Record<string, Options>>;

/** An option that takes a text; yargs would accept it without one. */
export const textOption = (description: string, more: Options = {}): Options => ({
  type: 'string',
  requiresArg: true,
  description,
  ...more,
});

export const switchOption = (description: string): Options => ({ type: 'boolean', description, default: false });

/** The text of an option. @throws UsageError where it was given twice */
export function textFlag(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value)) {
    throw new UsageError(`--${name} is given ${value.length} times.`, { next: 'Give it once.' });
  }
  return String(value);
}

/** All texts of an option that may be repeated. */
export function textFlags(flags: Flags, name: string): readonly string[] {
  const value = flags[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** An option with a text that says on or off; undefined unless given. @throws UsageError */
export function switchFlag(flags: Flags, name: string): boolean | undefined {
  const text = textFlag(flags, name);
  if (text === undefined) return undefined;
  const isGivenOn = readSwitchWord(text);
  if (isGivenOn !== undefined) return isGivenOn;
  throw new UsageError(`--${name}=${text} is refused: it must be ${switchWords}.`, { next: 'Give one of them.' });
}

export const isOn = (flags: Flags, name: string): boolean => flags[name] === true;

/** A whole number from 1 on. @throws UsageError */
export function numberFlag(flags: Flags, name: string): number | undefined {
  const text = textFlag(flags, name);
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  throw new UsageError(`${name}: ${text} is not a whole number from 1 on.`, { next: `Give a number, such as 1.` });
}

/** A number of days, such as `90d`. @throws UsageError */
export function daysFlag(flags: Flags, name: string): number | undefined {
  const text = textFlag(flags, name);
  if (text === undefined) return undefined;
  const [, days] = /^([1-9][0-9]{0,3})d?$/.exec(text) ?? [];
  if (days !== undefined) return Number(days);
  throw new UsageError(`${name}: ${text} is not a number of days from 1 to 9999.`, { next: 'Give days, such as 90d.' });
}

/** A time in UTC, to the second: 2026-11-30, 2026-11-30T02:00 or 2026-11-30T02:00:00Z. @throws UsageError */
export function momentFlag(flags: Flags, name: string): string | undefined {
  const text = textFlag(flags, name);
  if (text === undefined) return undefined;
  const [, day, time = '00:00', seconds = '00'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d))?Z?)?$/.exec(text) ?? [];
  const moment = `${day}T${time}:${seconds}`;
  const parsed = new Date(`${moment}Z`);
  // A day that no month has, such as the 31st of November, would be taken for the 1st of the next
  if (!Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(moment)) return moment;
  throw new UsageError(`--${name}: ${text} is no time in UTC.`, { next: 'Give one such as 2026-11-30T02:00.' });
}
