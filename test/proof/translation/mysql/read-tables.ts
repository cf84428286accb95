import parser from 'node-sql-parser';
import type { OwnColumn, OwnTables } from '../procedure.js';
import { found, list } from './read-expression.js';

const mysql = new parser.Parser();

/** The tables that a generated file creates. */
export function readTables(text: string): OwnTables {
  const created = text.match(/CREATE TABLE IF NOT EXISTS \w+ \(.*?\n\)/gs) ?? [];
  return new Map(
    created.map((sql) => {
      const node = found(
        mysql.astify(sql.replace(/ COLLATE \w+| CHARACTER SET \w+/g, ''), { database: 'MySQL' }),
        'a table',
      );
      const [table] = list(node.table, 'a name');
      const columns = list(node.create_definitions, 'columns').flatMap((definition): [string, OwnColumn][] => {
        const { resource, column, definition: typed, nullable } = found(definition, 'a column');
        if (resource !== 'column') return [];
        const { dataType, length } = found(typed, 'a type');
        const type = typeof length === 'number' ? `${String(dataType)}(${length})` : String(dataType);
        const refuses = nullable !== undefined && nullable !== null && found(nullable, 'NULL').type === 'not null';
        return [[String(found(column, 'a name').column), { type, nullable: !refuses }]];
      });
      return [String(found(table, 'a name').table), new Map(columns)] as const;
    }),
  );
}
