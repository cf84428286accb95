import { readSwitchWord, switchWords } from '../config/switch-words.js';
import { UsageError } from '../errors.js';
import type { Command } from './command.js';

/** Switches that every command has. */
const builtIn = ['help', 'h', 'version'];

/** Names of all switches of all commands. */
export const switchNames = (commands: readonly Command[]): ReadonlySet<string> =>
  new Set([
    ...builtIn,
    ...commands.flatMap(({ options }) =>
      Object.entries(options).flatMap(([name, { type }]) => (type === 'boolean' ? [name] : [])),
    ),
  ]);

/**
 * The command line with each switch in the words of the parser, which takes every word but `true` for off: a dry run that
 * was asked for with `--dry-run=yes` would be a real one.
 *
 * @throws UsageError for a switch that says neither on nor off, and for one that is given twice
 */
export function plainSwitches(args: readonly string[], commands: readonly Command[]): readonly string[] {
  const names = switchNames(commands);
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const given: string[] = [];
  const plain = args.slice(0, end).map((word) => {
    const [, dashes = '', name = '', value] = /^(--?)([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (!names.has(name)) return word;
    if (given.includes(name))
      throw new UsageError(`${dashes}${name} is given twice.`, {
        next: 'Give it once.',
      });
    given.push(name);
    if (value === undefined) return word;
    const isOn = readSwitchWord(value);
    if (isOn !== undefined) return `${dashes}${name}=${isOn}`;
    throw new UsageError(`${word} is refused: it must be ${switchWords}.`, {
      next: `${dashes}${name} alone switches it on.`,
    });
  });
  return [...plain, ...args.slice(end)];
}

/** Whether the report is to be JSON, also where the command line turns out to be wrong. */
export const asksForJson = (args: readonly string[]): boolean =>
  args.some((word) => {
    const [found, value = 'yes'] = /^--json(?:=(.*))?$/s.exec(word) ?? [];
    return found !== undefined && readSwitchWord(value) === true;
  });
