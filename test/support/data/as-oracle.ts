import type { Column, ColumnFamily, ForeignKey, Schema, Table } from '../../../src/schema/types.js';

/** As the server's catalog prints them. */
const types: readonly (readonly [RegExp, string])[] = [
  [/^varchar\((\d+)\)$/i, 'VARCHAR2($1)'],
  [/^char\((\d+)\)$/i, 'CHAR($1)'],
  [/^(tinyint|smallint|int|integer|bigint)(\(\d+\))?$/i, 'NUMBER(19)'],
  [/^(timestamp|datetime)(\(\d\))?$/i, 'TIMESTAMP(6)'],
  [/^(tiny|medium|long)?blob$/i, 'BLOB'],
  [/^(tiny|medium|long)?text$/i, 'CLOB'],
  [/^(bit|bool).*$/i, 'NUMBER(1)'],
];

const onDelete = ({ onDelete: act }: ForeignKey): ForeignKey['onDelete'] => (act === 'RESTRICT' ? 'NO ACTION' : act);

/** A MySQL schema in Oracle's words: versions of which only the one is at hand have tables that both must clean. */
export function asOracle(schema: Schema, familyOf: (type: string) => ColumnFamily): Schema {
  const toColumn = ({ name, type: mysqlType, nullable }: Column): Column => {
    const known = types.find(([pattern]) => pattern.test(mysqlType));
    if (known === undefined) throw new Error(`no word of Oracle is known for ${mysqlType}`);
    const type = mysqlType.replace(...known);
    return { name, type, family: familyOf(type), nullable };
  };
  const toTable = (table: Table): Table => ({
    ...table,
    columns: table.columns.map(toColumn),
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, onDelete: onDelete(key) })),
    // Oracle's index names share one namespace, MySQL's do not.
    indexes: table.indexes.map((index) => ({ ...index, name: `${table.name}_${index.name}` })),
  });
  return {
    source: `${schema.source} in Oracle's words`,
    dialect: 'oracle',
    tables: schema.tables.map(toTable),
  };
}
