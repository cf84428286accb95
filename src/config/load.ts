import { UsageError } from '../errors.js';
import { checkConsistency } from './check-consistency.js';
import { checkEntry } from './check-entry.js';
import type { Entry } from './entry.js';
import { fields } from './fields.js';
import { readEnvironment } from './read-environment.js';
import { readConfigFile } from './read-file.js';
import { type Flags, readFlags } from './read-flags.js';
import { type Config, configSchema } from './schema.js';

export interface ConfigSources {
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Given with --config; else DEEPCLEAN_CONFIG, else a file of the usual name in `cwd`. */
  readonly file?: string | undefined;
  readonly cwd: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Where each value comes from, by dotted key: `environment DEEPCLEAN_URL`, or `default`. */
  readonly origins: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/**
 * Puts the configuration together: file < environment < flags.
 *
 * @throws UsageError that lists every problem of every source, with its origin and what is allowed
 */
export function loadConfig({ flags, env, file, cwd }: ConfigSources): LoadedConfig {
  const readings = [
    readConfigFile(file ?? (env.DEEPCLEAN_CONFIG || undefined), cwd),
    readEnvironment(env),
    readFlags(flags),
  ];
  const entries = readings.flatMap((reading) => reading.entries);
  const checked = entries.map((entry) => ({ entry, result: checkEntry(entry) }));
  const problems = [
    ...readings.flatMap((reading) => reading.problems),
    ...checked.flatMap(({ result }) => ('problem' in result ? [result.problem] : [])),
  ];

  const values = checked.flatMap(({ entry, result }) => ('value' in result ? [{ entry, value: result.value }] : []));
  // What is wrong by itself was left out, so this parse fills in defaults and cannot fail.
  const config = configSchema.parse(nest(values));
  const origins = originsOf(values.map(({ entry }) => entry));
  for (const { names, problem } of checkConsistency(config)) {
    const where = names.map((name) => `${name} (${origins[name] ?? 'default'})`).join(' and ');
    problems.push(`${where}: ${problem}`);
  }

  if (problems.length > 0)
    throw new UsageError(list(problems), { next: 'Correct the configuration and run the command again.' });
  return { config, origins, warnings: readings.flatMap((reading) => reading.warnings) };
}

/** Later values replace earlier ones. */
function nest(values: readonly { readonly entry: Entry; readonly value: unknown }[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { entry, value } of values) {
    const parents = entry.path.slice(0, -1);
    const group = parents.reduce((parent, key) => {
      parent[key] ??= {};
      return parent[key] as Record<string, unknown>;
    }, root);
    group[entry.path.at(-1) ?? ''] = value;
  }
  return root;
}

function originsOf(entries: readonly Entry[]): Readonly<Record<string, string>> {
  const defaults = fields.map((field) => [field.name, 'default']);
  return Object.fromEntries([...defaults, ...entries.map((entry) => [entry.path.join('.'), entry.origin])]);
}

const list = (problems: readonly string[]): string =>
  `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`;
