import type { Column, Schema, Table } from '../../../src/schema/types.js';

const types: readonly (readonly [RegExp, string])[] = [
  [/^varchar\((\d+)\)$/i, 'character varying($1)'],
  [/^char\((\d+)\)$/i, 'character($1)'],
  [/^int$/i, 'integer'],
  [/^tinyint(\(\d+\))?$/i, 'smallint'],
  [/^(timestamp|datetime)(\(\d\))?$/i, 'timestamp without time zone'],
  [/^(tiny|medium|long)?blob$/i, 'bytea'],
  [/^(tiny|medium|long)text$/i, 'text'],
];

const lower = (names: readonly string[]): readonly string[] => names.map((name) => name.toLowerCase());

function toColumn(column: Column): Column {
  const known = types.find(([pattern]) => pattern.test(column.type));
  const type = known ? column.type.replace(...known) : column.type;
  return { name: column.name.toLowerCase(), type, family: column.family, nullable: column.nullable };
}

function toTable(table: Table): Table {
  const name = table.name.toLowerCase();
  return {
    name,
    columns: table.columns.map(toColumn),
    primaryKey: lower(table.primaryKey),
    foreignKeys: table.foreignKeys.map((key) => ({
      columns: lower(key.columns),
      references: key.references.toLowerCase(),
      referencedColumns: lower(key.referencedColumns),
      onDelete: key.onDelete,
    })),
    // PostgreSQL's index names share one namespace, MySQL's do not.
    indexes: table.indexes.map((index) => ({
      name: `${name}_${index.name.toLowerCase()}`.slice(-63),
      unique: index.unique,
      columns: lower(index.columns),
    })),
  };
}

/**
 * A MySQL schema in PostgreSQL's words: versions of which only the one is at hand have tables (CIBA, device flow, token
 * bindings) that both must clean.
 */
export const asPostgresql = (schema: Schema): Schema => ({
  source: `${schema.source} in PostgreSQL's words`,
  dialect: 'postgresql',
  namespace: 'public',
  tables: schema.tables.map(toTable),
});
