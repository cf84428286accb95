import { fields } from '../config/fields.js';
import { type LoadedConfig, loadConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { redactUrl, resolvePassword } from '../config/secrets.js';
import { decode } from '../dialects/connection-url.js';
import type { ConnectionTarget, Dialect } from '../dialects/dialect.js';
import { readJdbcUrl } from '../dialects/jdbc-url.js';
import { dialectOfUrl, findDialect } from '../dialects/registry.js';
import { UsageError } from '../errors.js';
import type { PolicyChoice } from '../install/types.js';
import { policies } from '../policies/index.js';
import type { Policy } from '../policy/types.js';
import { type Flags, textFlag, textFlags } from './flags.js';
import type { Output } from './output.js';
import { setFlags } from './set-flags.js';

const connectTimeoutMs = 10_000;

/** Variables whose values may appear in what a driver says; PWD by itself is the folder. */
const holdsSecret = /PASSWORD$|_PWD$/;

/** The configuration of a command: file < environment < flags. @throws UsageError with all problems */
export function prepare(flags: Flags, output: Output): LoadedConfig {
  const { DEEPCLEAN_DEBUG: _, ...env } = process.env;
  for (const [name, value] of Object.entries(env)) if (holdsSecret.test(name)) output.hide(value);
  const own = fields.flatMap(({ flagName }) => {
    const value = textFlag(flags, flagName);
    return value === undefined ? [] : [[flagName, value] as const];
  });
  const loaded = loadConfig({
    flags: { ...Object.fromEntries(own), ...setFlags(textFlags(flags, 'set')) },
    env,
    file: textFlag(flags, 'config'),
    cwd: process.cwd(),
  });
  for (const warning of loaded.warnings) output.note(`warning: ${warning}`);
  return loaded;
}

/** The database that a command works on. */
export interface Database {
  readonly dialect: Dialect;
  readonly target: ConnectionTarget;
}

/** @throws UsageError where no URL is given, or one that does not fit the dialect */
export function databaseOf({ config, origins }: LoadedConfig, output: Output): Database {
  if (config.url === undefined) {
    throw new UsageError('No database is given.', {
      next: 'Give --url scheme://user@host:port/database, or set DEEPCLEAN_URL, or url in the configuration file.',
    });
  }
  const url = readJdbcUrl(config.url);
  const byScheme = dialectOfUrl(url);
  const chosen = config.dialect === undefined ? byScheme : findDialect(config.dialect);
  // Some databases are one family, and answer to each other's scheme.
  if (chosen.templates !== byScheme.templates) {
    throw new UsageError(
      `The URL (${origins.url}) leads to ${byScheme.title}, but the dialect (${origins.dialect}) is ${chosen.name}.`,
      { next: 'Leave the dialect out: the URL says it.' },
    );
  }
  const password = resolvePassword({ url, passwordFile: config.passwordFile, env: process.env });
  output.hide(password);
  // The product's own accounts have their name as password: masked as a name too, it could be read off what is missing.
  output.show([...wordsIn(redactUrl(url)), config.user ?? '']);
  return {
    dialect: chosen,
    target: {
      url,
      ...(config.user !== undefined && { user: config.user }),
      ...(password !== undefined && { password }),
      connectTimeoutMs,
    },
  };
}

/** Names that a URL is made of: host, user, database and options. */
const wordsIn = (url: string): readonly string[] => url.split(/[/:@?&=,;]+/).map(decode);

/** What the configuration says about a policy. */
export function choiceOf(config: Config, policy: Policy): PolicyChoice {
  const { procedure, restore } = config.procedures[policy.name] as Readonly<Record<string, string | undefined>>;
  const parameters = config.policies[policy.name] as Readonly<Record<string, string | number>>;
  return {
    policy,
    choices: {
      prefix: config.prefix,
      procedure,
      restore,
      backup: config.backup,
      foreignTables: config.foreignTables,
    },
    settings: { ...config.settings, ...parameters },
  };
}

/** The policies that a command is about: `all`, or some by their names with commas between. @throws UsageError */
export function policiesNamed(text: string): readonly Policy[] {
  if (text === 'all') return policies;
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (policies.some((one) => one.name === name)) continue;
    throw new UsageError(`There is no policy "${name}".`, {
      next: `Choose one of ${[...policies.map((one) => one.name), 'all'].join(', ')}.`,
    });
  }
  return policies.filter(({ name }) => names.includes(name));
}
