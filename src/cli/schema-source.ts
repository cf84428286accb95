import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import type { Dialect, TableSize } from '../dialects/dialect.js';
import { loadProfile } from '../dialects/profiles.js';
import { readSchema } from '../dialects/read-schema.js';
import { dialectOfServer, dialects, findDialect } from '../dialects/registry.js';
import { sizesIfKnown } from '../dialects/table-size.js';
import { UsageError } from '../errors.js';
import { readTextFile } from '../files.js';
import { parseInspectionFile } from '../schema/inspection.js';
import type { Schema } from '../schema/types.js';
import { databaseOf } from './context.js';
import type { Output } from './output.js';

type Source = 'inspection' | 'profile' | 'url';

/** What SQL is generated for. */
export interface SchemaAndDialect {
  readonly schema: Schema;
  readonly dialect: Dialect;
  /** How large its tables are, if that was asked of a live database; a text says why they are not known. */
  readonly sizes?: readonly TableSize[] | string;
}

/** The schema from a profile, an inspection file or a live database, whichever is given closest to the command line. */
export async function readSchemaSource(
  loaded: LoadedConfig,
  output: Output,
  asked: { readonly sizes?: true } = {},
): Promise<SchemaAndDialect> {
  const { config } = loaded;
  const source = chooseSource(loaded);
  if (source === 'profile') return fromProfile(config);
  if (source === 'inspection') return fromInspection(config);
  const { dialect: likely, target } = databaseOf(loaded, output);
  const connection = await likely.connect(target);
  try {
    const dialect = await dialectOfServer(connection, likely);
    const schema = await readSchema(connection, dialect, config.namespace);
    if (asked.sizes !== true) return { dialect, schema };
    const names = schema.tables.map(({ name }) => name);
    return { dialect, schema, sizes: await sizesIfKnown(connection, dialect, names, schema.namespace) };
  } finally {
    await connection.close();
  }
}

/** A flag counts before the environment, and that before the file. @throws UsageError where it is not clear */
export function chooseSource({ config, origins }: LoadedConfig): Source {
  const given = (['inspection', 'profile', 'url'] as const).filter((source) => config[source] !== undefined);
  const next = 'Give one of --profile <name>, --inspection <file>, --url <url>.';
  if (given.length === 0) throw new UsageError('Nothing says which schema to generate for.', { next });
  for (const origin of ['flag', 'environment', '']) {
    const here = given.filter((source) => origins[source]?.startsWith(origin));
    const [only, ...more] = here;
    if (more.length > 0) {
      const named = here.map((source) => `${source} (${origins[source]})`).join(' and ');
      throw new UsageError(`There is more than one schema to generate for: ${named}.`, { next });
    }
    if (only !== undefined) return only;
  }
  throw new Error('no source');
}

function fromProfile(config: Config): SchemaAndDialect {
  const name = config.profile ?? '';
  const dialect =
    config.dialect === undefined
      ? dialects.find(({ templates }) => name.endsWith(`-${templates}`))
      : findDialect(config.dialect);
  if (dialect === undefined) {
    throw new UsageError(`Nothing says which database the profile ${name} is for.`, {
      next: `Add --dialect, one of ${dialects.map((one) => one.name).join(', ')}.`,
    });
  }
  return { dialect, schema: inNamespace(loadProfile(name, dialect), config, dialect) };
}

function fromInspection(config: Config): SchemaAndDialect {
  const file = config.inspection ?? '';
  const schema = parseInspectionFile(readTextFile(file), file);
  const dialect = findDialect(config.dialect ?? schema.dialect);
  if (findDialect(schema.dialect).templates !== dialect.templates) {
    throw new UsageError(`${file} was read from ${findDialect(schema.dialect).title}, not from ${dialect.title}.`, {
      next: 'Leave the dialect out: the inspection file says it.',
    });
  }
  return { dialect, schema: inNamespace(schema, config, dialect) };
}

const inNamespace = (schema: Schema, { namespace }: Config, { capabilities }: Dialect): Schema =>
  namespace === undefined || !capabilities.namespaces ? schema : { ...schema, namespace };
