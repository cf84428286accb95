import { didYouMean } from '../config/did-you-mean.js';
import { UsageError } from '../errors.js';
import { type Command, commandName } from './command.js';

/** What the parser complains of, in our words: what is wrong, and what was probably meant. */
export function usageError(message: string, typed: readonly string[], commands: readonly Command[]): UsageError {
  const command = commands.find((one) => commandName(one) === typed.find((word) => !word.startsWith('-')));
  const help = command === undefined ? 'deepclean --help' : `deepclean ${commandName(command)} --help`;
  const next = `\`${help}\` shows what is allowed.`;

  if (command === undefined) {
    const wrong = typed.find((word) => !word.startsWith('-'));
    const meant = wrong === undefined ? undefined : didYouMean(wrong, commands.map(commandName));
    if (wrong !== undefined) {
      return new UsageError(`There is no command "${wrong}".`, { next: meant ? `Did you mean ${meant}?` : next });
    }
  }
  // Told first, since an unknown option may have swallowed what seems to be missing.
  const unknownOptions = typed
    .flatMap((word) => /^--([^=]+)/.exec(word)?.[1] ?? [])
    .filter((name) => !isKnown(name, command));
  if (unknownOptions.length > 0) return unknownError(unknownOptions, typed, command, next);
  const missing = /^(?:Not enough arguments following|Missing argument values?): (.+)$/.exec(message)?.[1];
  if (missing !== undefined) return new UsageError(`--${missing} needs a value.`, { next });
  if (/^Not enough non-option arguments/.test(message)) {
    return new UsageError(`Something is missing: deepclean ${command?.usage ?? '<command>'}`, { next });
  }
  const choice = /Argument: (\S+), Given: "?(.*?)"?, Choices: (.+)/.exec(message);
  if (choice !== null) {
    const [, name, given = '', choices = ''] = choice;
    const allowed = [...choices.matchAll(/"([^"]+)"/g)].map(([, word = '']) => word);
    const meant = didYouMean(given, allowed);
    return new UsageError(`${name}: "${given}" is not allowed; it must be ${allowed.join(' or ')}.`, {
      next: meant ? `Did you mean ${meant}?` : next,
    });
  }
  const unknown = /^Unknown (?:argument|command)s?: (.+)$/.exec(message)?.[1]?.split(', ') ?? [];
  return unknown.length === 0 ? new UsageError(message, { next }) : unknownError(unknown, typed, command, next);
}

const knownOptions = (command: Command | undefined): readonly string[] => [
  ...Object.keys(command?.options ?? {}),
  'help',
  'version',
];

const isKnown = (name: string, command: Command | undefined): boolean => knownOptions(command).includes(name);

function unknownError(
  unknown: readonly string[],
  typed: readonly string[],
  command: Command | undefined,
  next: string,
): UsageError {
  const known = knownOptions(command);
  const isOption = (word: string): boolean =>
    typed.some((one) => one.replace(/=.*$/s, '').replace(/^--?/, '') === word && one.startsWith('-'));
  const problems = [...new Set(unknown)].map((word) =>
    isOption(word) ? `There is no option --${word}.` : `"${word}" is one argument too many.`,
  );
  const meant = unknown.flatMap((word) => {
    const option = isOption(word) ? didYouMean(word, known) : undefined;
    return option === undefined ? [] : [`--${option}`];
  });
  return new UsageError(problems.join(' '), { next: meant.length > 0 ? `Did you mean ${meant.join(' and ')}?` : next });
}
