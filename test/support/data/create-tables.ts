import { findTable } from '../../../src/schema/find.js';
import type { ForeignKey, Schema, Table } from '../../../src/schema/types.js';
import { columnDefinition, type DialectFamily, quotedName } from './dialect-words.js';

/** All tables that `cleanup_tokens` may touch, and the applications that they refer to. */
export const tokenTables: readonly string[] = [
  'IDN_OAUTH_CONSUMER_APPS',
  'IDN_OAUTH2_ACCESS_TOKEN',
  'IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
  'IDN_OAUTH2_TOKEN_BINDING',
  'IDN_OAUTH2_AUTHORIZATION_CODE',
  'IDN_OAUTH2_AUTHZ_CODE_SCOPE',
  'IDN_OIDC_REQ_OBJECT_REFERENCE',
  'IDN_OIDC_REQ_OBJECT_CLAIMS',
  'IDN_OIDC_REQ_OBJ_CLAIM_VALUES',
  'IDN_OAUTH2_CIBA_AUTH_CODE',
  'IDN_OAUTH2_CIBA_REQUEST_SCOPES',
  'IDN_OAUTH2_DEVICE_FLOW',
  'IDN_OAUTH2_DEVICE_FLOW_SCOPES',
  'IDN_OAUTH2_ACCESS_TOKEN_AUDIT',
];

/**
 * The part of a schema that has the named tables and all that they refer to, parents first; names that it lacks are
 * passed over, and foreign keys to tables outside the schema are dropped.
 */
export function restrictedTo(schema: Schema, names: readonly string[]): Schema {
  const ordered: Table[] = [];
  const seen = new Set<Table>();
  const visit = (name: string): void => {
    const table = findTable(schema, name);
    if (!table || seen.has(table)) return;
    seen.add(table);
    const foreignKeys = table.foreignKeys.filter((key) => findTable(schema, key.references) !== undefined);
    for (const key of foreignKeys) visit(key.references);
    ordered.push({ ...table, foreignKeys });
  };
  for (const name of names) visit(name);
  return { ...schema, tables: ordered };
}

const listed = (family: DialectFamily, names: readonly string[]): string =>
  names.map((name) => quotedName(family, name)).join(', ');

function createTable(family: DialectFamily, table: Table): string {
  const key = table.primaryKey.length === 0 ? [] : [`PRIMARY KEY (${listed(family, table.primaryKey)})`];
  const parts = [...table.columns.map((column) => columnDefinition(family, column)), ...key];
  // The vendor's own choice: its longest keys do not fit in a character set of more bytes.
  const suffix = family === 'mysql' ? ' ENGINE=InnoDB DEFAULT CHARSET=latin1' : '';
  return `CREATE TABLE ${quotedName(family, table.name)} (\n  ${parts.join(',\n  ')}\n)${suffix}`;
}

const createIndexes = (family: DialectFamily, table: Table): readonly string[] =>
  table.indexes.map(({ name, unique, columns }) => {
    // There a foreign key may refer to a constraint only, and not to an index.
    if (family === 'oracle' && unique) {
      return `ALTER TABLE ${quotedName(family, table.name)} ADD UNIQUE (${listed(family, columns)})`;
    }
    const kind = unique ? 'UNIQUE INDEX' : 'INDEX';
    return `CREATE ${kind} ${quotedName(family, name)} ON ${quotedName(family, table.name)} (${listed(family, columns)})`;
  });

function addForeignKey(family: DialectFamily, table: Table, key: ForeignKey): string {
  const own = listed(family, key.columns);
  const parent = `${quotedName(family, key.references)} (${listed(family, key.referencedColumns)})`;
  // Oracle has no words for doing nothing.
  const act = family === 'oracle' && key.onDelete === 'NO ACTION' ? '' : ` ON DELETE ${key.onDelete}`;
  const change = `ADD FOREIGN KEY (${own}) REFERENCES ${parent}${act}`;
  return `ALTER TABLE ${quotedName(family, table.name)} ${change}`;
}

/** The statements that create the named tables of a schema and what their foreign keys need, parents first. */
export const createTables = (schema: Schema, family: DialectFamily, names: readonly string[]): readonly string[] => {
  const { tables } = restrictedTo(schema, names);
  return [
    ...tables.flatMap((table) => [createTable(family, table), ...createIndexes(family, table)]),
    ...tables.flatMap((table) => table.foreignKeys.map((key) => addForeignKey(family, table, key))),
  ];
};

/** The statements that drop them again, children first. */
export const dropTables = (schema: Schema, family: DialectFamily, names: readonly string[]): readonly string[] =>
  [...restrictedTo(schema, names).tables]
    .reverse()
    .map(({ name }) => `DROP TABLE IF EXISTS ${quotedName(family, name)}${family === 'postgresql' ? ' CASCADE' : ''}`);
