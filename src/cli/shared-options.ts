import { dialects } from '../dialects/registry.js';
import { UsageError } from '../errors.js';
import { type Flags, type OptionTable, switchOption, textFlag, textOption } from './flags.js';

const schemes = dialects.flatMap((dialect) => dialect.schemes.slice(0, 1)).map((scheme) => `${scheme}://`);

export const jsonOption: OptionTable = {
  json: switchOption('Report as one JSON document on stdout; errors as JSON on stderr'),
};

/** Where the configuration comes from. */
export const configOptions: OptionTable = {
  config: textOption('Configuration file; else deepclean.config.yaml or .json in this folder'),
  prefix: textOption('Begins the name of every support object'),
  namespace: textOption("Schema inside the database that holds the product's tables"),
  set: {
    type: 'array',
    string: true,
    requiresArg: true,
    description: 'A setting or policy parameter, name=value; may be repeated',
  },
  ...jsonOption,
};

/** How to reach the database. */
export const databaseOptions: OptionTable = {
  url: textOption(`Database: ${schemes.join(', ')}user@host:port/database; or a JDBC URL`),
  user: textOption('The user who connects; else DEEPCLEAN_USER, else the URL says it'),
  'password-file': textOption('File that holds the password; else DEEPCLEAN_PASSWORD'),
  ...configOptions,
};

/** Which cleanups a command is about. */
export const cleanupOption: OptionTable = {
  cleanup: textOption('Names of procedures or of their policies, with commas between; or all that are installed'),
};

/** What was chosen. Whatever changes something must say of what: a silent choice was taken for all. @throws UsageError */
export function chosenCleanup(flags: Flags, toDo: string): string {
  const chosen = textFlag(flags, 'cleanup');
  if (chosen !== undefined) return chosen;
  throw new UsageError(`Nothing says which cleanup ${toDo}.`, {
    next: 'Add --cleanup with a name such as tokens, with several and commas between, or with all.',
  });
}

/** How the dialect is told where the URL does not say. */
export const dialectOption: OptionTable = {
  dialect: textOption(`Dialect of the SQL: ${dialects.map(({ name }) => name).join(', ')}`),
};

/** Whose rows go with those that they refer to. */
export const foreignTablesOption: OptionTable = {
  'foreign-tables': textOption(
    "Tables that are not the product's and are to be cleaned with the rows they refer to, separated by commas",
  ),
};

/** What a schema can be taken from. */
export const schemaOptions: OptionTable = {
  ...dialectOption,
  profile: textOption('Built-in schema profile, where there is no database to look at'),
  inspection: textOption('Inspection file, as written by `deepclean inspect`'),
  backup: textOption(
    'deleted-rows: deleted rows are kept and can be restored; audit: without tokens, codes and other secrets, of which SHA-256 is kept, so nothing can be restored; none: they are gone',
  ),
  ...foreignTablesOption,
};
