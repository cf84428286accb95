import type { Dialect } from '../../../src/dialects/dialect.js';
import type { Schema } from '../../../src/schema/types.js';
import { asMssql } from './as-mssql.js';
import { asOracle } from './as-oracle.js';
import { asPostgresql } from './as-postgresql.js';

/** A MySQL schema in the words of another family; `numbered` names `TABLE.COLUMN` that SQL Server numbers by itself. */
export function inWordsOf({ templates, expressions }: Dialect, schema: Schema, numbered?: ReadonlySet<string>): Schema {
  if (templates === 'mssql') return asMssql(schema, numbered);
  return templates === 'oracle' ? asOracle(schema, expressions.family) : asPostgresql(schema);
}
