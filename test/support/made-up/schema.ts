import { findDialect } from '../../../src/dialects/registry.js';
import type { Column, Schema } from '../../../src/schema/types.js';
import { inWordsOf } from '../data/in-words-of.js';

const mysql = findDialect('mysql');

const column = (name: string, type: string, nullable = false): Column => ({
  name,
  type,
  family: mysql.expressions.family(type),
  nullable,
});

/** The tables of the made-up product: notes, and tags that hang on them. */
const tables: Schema['tables'] = [
  {
    name: 'MADE_UP_NOTE',
    columns: [column('ID', 'bigint'), column('STATUS', 'varchar(20)', true), column('EXPIRES_AT', 'timestamp', true)],
    primaryKey: ['ID'],
    foreignKeys: [],
    indexes: [],
  },
  {
    name: 'MADE_UP_NOTE_TAG',
    columns: [column('NOTE_ID', 'bigint'), column('TAG', 'varchar(50)')],
    primaryKey: ['NOTE_ID', 'TAG'],
    foreignKeys: [{ columns: ['NOTE_ID'], references: 'MADE_UP_NOTE', referencedColumns: ['ID'], onDelete: 'CASCADE' }],
    indexes: [],
  },
];

/** The made-up product's schema in the words of a dialect. */
export function madeUpSchema(dialectName: string): Schema {
  const dialect = findDialect(dialectName);
  const schema: Schema = { source: 'a made-up product', dialect: dialect.name, tables };
  if (dialect.templates === mysql.templates) return schema;
  return inWordsOf(dialect, schema);
}
