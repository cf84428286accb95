import type { PositionalOptions } from 'yargs';
import type { Flags, OptionTable } from './flags.js';
import type { Output } from './output.js';

/** One command of the command line. */
export interface Command {
  /** Name and arguments: `run <cleanup>`. */
  readonly usage: string;
  /** One line in the list of commands. */
  readonly summary: string;
  readonly positionals?: Readonly<Record<string, PositionalOptions>>;
  readonly options: OptionTable;
  /** Command lines and what they do. */
  readonly examples: readonly (readonly [command: string, effect: string])[];
  /** Does it. Returns the exit code; failures are thrown. */
  readonly run: (flags: Flags, output: Output) => Promise<number>;
}

/** `run` of `run <cleanup>`. */
export const commandName = ({ usage }: Command): string => usage.split(' ')[0] ?? usage;
