import { describe, expect, test } from 'vitest';
import { type Command, commandName } from '../../../src/cli/command.js';
import { commands } from '../../../src/cli/commands/index.js';
import { type Flags, isOn } from '../../../src/cli/flags.js';
import { parseCommandLine } from '../../../src/cli/run-command-line.js';
import { asksForJson, plainSwitches } from '../../../src/cli/switches.js';
import { fields } from '../../../src/config/fields.js';
import { loadConfig } from '../../../src/config/load.js';

/** The shortest command line of a command: its name, and a word for each argument that it must have. */
const shortest = (command: Command): readonly string[] => [
  commandName(command),
  ...[...command.usage.matchAll(/<([^>]+)>/g)].map(([, name = '']) => {
    const { choices } = command.positionals?.[name] ?? {};
    return String((choices as readonly string[] | undefined)?.[0] ?? 'tokens');
  }),
];

async function flagsOf(args: readonly string[]): Promise<Flags> {
  let found: Flags | undefined;
  await parseCommandLine(args, async (_, flags) => {
    found = flags;
  });
  if (found === undefined) throw new Error(`no command in ${args.join(' ')}`);
  return found;
}

const switches = commands.flatMap((command) =>
  Object.entries(command.options).flatMap(([name, { type }]) =>
    type === 'boolean' ? ([[`${commandName(command)} --${name}`, name, shortest(command)]] as const) : [],
  ),
);
const on = ['yes', 'true', '1', 'on', 'YES', 'True', 'ON'];
const off = ['no', 'false', '0', 'off', 'NO', 'False', 'OFF'];
const refused = ['maybe', '', ' ', 'y', 'n', '2', '-1', 'yes ', 'ja', 'truee', 'null', 'undefined', '"yes"', 'yes\n'];

test('every command has a switch, so that this test looks at all of them', () => {
  expect(new Set(switches.map(([, , [command]]) => command))).toEqual(new Set(commands.map(commandName)));
  expect(switches.map(([name]) => name)).toEqual(
    expect.arrayContaining(['run --dry-run', 'install-procs --plan', 'uninstall --keep-backups', 'stop --wait']),
  );
});

describe.each(switches)('%s', (_, name, command) => {
  test('is off unless given, and on when it stands alone', async () => {
    expect(isOn(await flagsOf(command), name)).toBe(false);
    expect(isOn(await flagsOf([...command, `--${name}`]), name)).toBe(true);
  });

  test.each(on)('=%s is on', async (word) => {
    expect(isOn(await flagsOf([...command, `--${name}=${word}`]), name)).toBe(true);
  });

  test.each(off)('=%s is off', async (word) => {
    expect(isOn(await flagsOf([...command, `--${name}=${word}`]), name)).toBe(false);
  });

  test.each(refused)('=%j is refused with a sentence, and the command never begins', async (word) => {
    await expect(flagsOf([...command, `--${name}=${word}`])).rejects.toMatchObject({
      exitCode: 2,
      message: `--${name}=${word} is refused: it must be yes or no (true, false, 1, 0, on and off are understood as well).`,
    });
  });

  test('takes no word after a blank, which would be an argument of the command', async () => {
    const flags = await flagsOf([...command, `--${name}`, '--', 'no']).catch((error: unknown) => error);
    expect(flags instanceof Error || isOn(flags as Flags, name)).toBe(true);
  });

  test('has no form with "no-" in front, and is given once', async () => {
    await expect(flagsOf([...command, `--no-${name}`])).rejects.toMatchObject({
      exitCode: 2,
      message: `There is no option --no-${name}.`,
    });
    await expect(flagsOf([...command, `--${name}=no`, `--${name}`])).rejects.toMatchObject({
      exitCode: 2,
      message: `--${name} is given twice.`,
    });
  });
});

test('a switch of one command is a switch in every other', () => {
  const names = new Set(switches.map(([, name]) => name));
  const others = commands.flatMap(({ options }) =>
    Object.entries(options).flatMap(([name, { type }]) => (names.has(name) && type !== 'boolean' ? [name] : [])),
  );
  expect(others).toEqual([]);
});

test('help is no exception: a word for it never starts the command', () => {
  expect(plainSwitches(['run', 'tokens', '--help=yes', '-h=on', '--version=1'], commands)).toEqual([
    ...['run', 'tokens', '--help=true', '-h=true', '--version=true'],
  ]);
  expect(() => plainSwitches(['run', 'tokens', '--help=please'], commands)).toThrow('--help=please is refused');
});

test('what stands behind -- is no switch', () => {
  expect(plainSwitches(['run', '--', '--dry-run=maybe'], commands)).toEqual(['run', '--', '--dry-run=maybe']);
});

test.each([
  ['--json', true],
  ['--json=yes', true],
  ['--json=ON', true],
  ['--json=no', false],
  ['--json=maybe', false],
  ['--jsonx', false],
])('%s asks for JSON: %s', (word, asks) => expect(asksForJson(['status', word])).toBe(asks));

/** Fields of the configuration that are yes or no. */
const yesNo = fields.filter(
  ({ schema }) => ['yes', 'no'].every((word) => schema.safeParse(word).success) && !schema.safeParse('maybe').success,
);
const read = (name: string, word: string) => {
  const { config } = loadConfig({ flags: {}, env: { [name]: word }, cwd: '/', file: undefined });
  const field = yesNo.find(({ environmentName }) => environmentName === name);
  return field?.path.reduce<unknown>((group, key) => (group as Record<string, unknown>)[key], config);
};

describe.each(yesNo.map((field) => [field.environmentName]))('%s', (name) => {
  test.each(on)('=%s is yes', (word) => expect(read(name, word)).toBe('yes'));
  test.each(off)('=%s is no', (word) => expect(read(name, word)).toBe('no'));
  test.each(refused.filter((word) => word !== ''))('=%j is refused', (word) => {
    expect(() => read(name, word)).toThrow(/is not allowed; it must be yes or no/);
  });
});
