import type { Column, ForeignKey, Schema, Table } from '../../../src/schema/types.js';

/** As the server's catalog prints them. */
const types: readonly (readonly [RegExp, string])[] = [
  [/^tinyint(\(\d+\))?$/i, 'smallint'],
  [/^(timestamp|datetime)(\(\d\))?$/i, 'datetime'],
  [/^(tiny|medium|long)?blob$/i, 'varbinary(max)'],
  [/^(tiny|medium|long)?text$/i, 'varchar(max)'],
];

/** No MySQL schema says which columns the server numbers: those that are numbered in the vendor's own SQL Server scripts. */
function toColumn(table: string, column: Column, numbered: ReadonlySet<string>): Column {
  const known = types.find(([pattern]) => pattern.test(column.type));
  return {
    name: column.name,
    type: known ? known[1] : column.type,
    family: column.family,
    nullable: column.nullable,
    ...(numbered.has(`${table}.${column.name}`) && { identityAlways: true }),
  };
}

const acts = ({ onDelete }: ForeignKey): boolean => onDelete !== 'NO ACTION';

/**
 * SQL Server refuses a key by which deleting one row could reach a table in two ways (error 1785). The vendor's scripts
 * let such a key do nothing; so does this, to the later one of the two.
 */
function withoutSecondWays(tables: readonly Table[]): readonly Table[] {
  const kept = new Map<string, ForeignKey[]>(tables.map(({ name }) => [name, []]));
  /** All tables from which a delete gets to this one, itself included. */
  const above = (name: string): readonly string[] => [
    name,
    ...(kept.get(name) ?? []).filter(acts).flatMap((key) => above(key.references)),
  ];
  const below = (name: string): readonly string[] =>
    tables.map((one) => one.name).filter((one) => above(one).includes(name));
  for (const { name, foreignKeys } of tables) {
    for (const key of foreignKeys) {
      const reached = below(name);
      const isSecond = above(key.references).some((from) => reached.some((to) => above(to).includes(from)));
      kept.get(name)?.push(acts(key) && isSecond ? { ...key, onDelete: 'NO ACTION' } : key);
    }
  }
  return tables.map((table) => ({ ...table, foreignKeys: kept.get(table.name) ?? [] }));
}

/**
 * A MySQL schema in SQL Server's words: versions of which only the one is at hand have tables that both must clean.
 * `numbered` names `TABLE.COLUMN` that the server numbers by itself.
 */
export const asMssql = (schema: Schema, numbered: ReadonlySet<string> = new Set()): Schema => ({
  source: `${schema.source} in SQL Server's words`,
  dialect: 'mssql',
  namespace: 'dbo',
  tables: withoutSecondWays(
    schema.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => toColumn(table.name, column, numbered)),
      foreignKeys: table.foreignKeys.map((key) => ({
        ...key,
        onDelete: key.onDelete === 'RESTRICT' ? 'NO ACTION' : key.onDelete,
      })),
    })),
  ),
});
