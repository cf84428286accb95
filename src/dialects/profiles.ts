import { readdirSync, readFileSync } from 'node:fs';
import { UsageError } from '../errors.js';
import type { DeleteRule, Schema, Table } from '../schema/types.js';
import type { Dialect } from './dialect.js';

/** Facts of schemas as their product's own DDL makes them, one file per product version and database. */
const folder = new URL('../../src/schema/profiles/', import.meta.url);

interface ProfileTable {
  readonly columns: Readonly<
    Record<
      string,
      { readonly type: string; readonly nullable: boolean; readonly default?: string; readonly identity?: boolean }
    >
  >;
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly {
    readonly columns: readonly string[];
    readonly references: string;
    readonly referencedColumns: readonly string[];
    readonly onDelete: DeleteRule;
  }[];
  readonly indexes: Readonly<Record<string, { readonly unique: boolean; readonly columns: readonly string[] }>>;
}

/** Names of the profiles that a dialect can use: those of its templates' family. */
export function profileNames(dialect: Dialect): readonly string[] {
  const suffix = `-${dialect.templates}.json`;
  return readdirSync(folder)
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .sort();
}

/** The schema of a built-in profile, such as `apim-4.5`. @throws UsageError for an unknown one */
export function loadProfile(name: string, dialect: Dialect): Schema {
  const short = name.replace(new RegExp(`-${dialect.templates}$`), '');
  if (!profileNames(dialect).includes(short)) {
    throw new UsageError(`There is no profile "${name}" for ${dialect.title}.`, {
      next: `Choose one of ${profileNames(dialect).join(', ')}, or use --inspection or --url for any other version.`,
    });
  }
  const text = readFileSync(new URL(`${short}-${dialect.templates}.json`, folder), 'utf8');
  // The files are the project's own, checked by a test; a validator here would only repeat their type.
  const tables = JSON.parse(text) as Readonly<Record<string, ProfileTable>>;
  const { defaultNamespace } = dialect.capabilities;
  return {
    source: `profile ${short}`,
    dialect: dialect.name,
    ...(defaultNamespace !== undefined && { namespace: defaultNamespace }),
    tables: Object.entries(tables).map(([table, facts]) => toTable(table, facts, dialect)),
  };
}

function toTable(name: string, facts: ProfileTable, dialect: Dialect): Table {
  return {
    name,
    columns: Object.entries(facts.columns).map(([column, { type, nullable, identity }]) => ({
      name: column,
      type,
      family: dialect.expressions.family(type),
      nullable,
      ...(identity === true && { identityAlways: true }),
    })),
    primaryKey: facts.primaryKey,
    foreignKeys: facts.foreignKeys,
    indexes: Object.entries(facts.indexes).map(([index, { unique, columns }]) => ({ name: index, unique, columns })),
  };
}
