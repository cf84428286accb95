import { createRequire } from 'node:module';
import type { Argv } from 'yargs';
import { exitCodes } from '../errors.js';
import type { Command } from './command.js';
import { commands } from './commands/index.js';
import { exampleDialect, exampleUrl } from './example-urls.js';
import { exitCodeHelp } from './exit-code-help.js';
import type { Flags } from './flags.js';
import { createOutput } from './output.js';
import { asksForJson, plainSwitches } from './switches.js';
import { usageError } from './usage-message.js';
import { readVersion } from './version.js';

// Imported as a module, yargs cuts help texts in the middle of words: that build comes without a word wrapper.
const yargs = createRequire(import.meta.url)('yargs/yargs') as () => Argv;

/** Reads the command line and does what it says. Returns the exit code. */
export async function runCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const output = createOutput({ json: asksForJson(args), env });
  try {
    let exitCode: number = exitCodes.ok;
    await parseCommandLine(args, async (command, flags) => {
      exitCode = await command.run(flags, output);
    });
    return exitCode;
  } catch (error) {
    return output.fail(error);
  }
}

/** Reads a command line, and hands on which command it is and what it is told. @throws UsageError */
export async function parseCommandLine(
  args: readonly string[],
  run: (command: Command, flags: Flags) => Promise<void>,
): Promise<void> {
  const parser = makeParser(args, run);
  await parser.parseAsync([...plainSwitches(args, commands)]);
}

function makeParser(args: readonly string[], run: (command: Command, flags: Flags) => Promise<void>): Argv {
  const parser = yargs()
    .scriptName('deepclean')
    .locale('en')
    .usage(
      '$0 <command> [options]\n\nRemoves dead tokens, sessions and registry rows from WSO2 databases, and never a live one.',
    )
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'boolean-negation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'strip-dashed': false,
    })
    .exitProcess(false)
    .strict()
    .strictCommands()
    .recommendCommands()
    .demandCommand(1, 'No command is given.')
    .help()
    .alias('help', 'h')
    .version(readVersion())
    .completion('completion', 'Print a completion script for the shell')
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .epilogue(exitCodeHelp)
    .example(`$0 generate --dialect ${exampleDialect} --profile identity-5.14`, 'SQL for review, without a database')
    .example(`$0 install-procs --url ${exampleUrl}`, 'show the plan, ask, install, verify')
    .example(`$0 run cleanup_tokens --url ${exampleUrl}`, 'clean now, with a progress bar')
    .fail((message: string | null, error: unknown) => {
      // The parser has errors of its own, and hands on those of a command.
      throw error instanceof Error && error.name !== 'YError'
        ? error
        : usageError(message ?? (error instanceof Error ? error.message : ''), args, commands);
    });
  for (const command of commands) addCommand(parser, command, run);
  return parser;
}

function addCommand(parser: Argv, command: Command, run: (command: Command, flags: Flags) => Promise<void>): void {
  parser.command({
    command: command.usage,
    describe: command.summary,
    builder: (own: Argv) => {
      for (const [name, positional] of Object.entries(command.positionals ?? {})) own.positional(name, positional);
      own.usage(`$0 ${command.usage} [options]\n\n${command.summary}`).epilogue(exitCodeHelp);
      return own.options(command.options).example(command.examples.map(([line, effect]) => [`$0 ${line}`, effect]));
    },
    handler: (flags) => run(command, flags),
  });
}
