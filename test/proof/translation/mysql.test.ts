import { describe, expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { policies } from '../../../src/policies/index.js';
import type { Schema } from '../../../src/schema/types.js';
import { completeSchema } from '../../support/data/later-tables.js';
import { filesOf } from './files.js';
import { planted } from './mysql/faults.js';
import { read } from './mysql/read.js';
import { shape } from './mysql/shape.js';
import { must } from './only.js';
import { plant } from './plant.js';
import { prove } from './proofs.js';

/** Tables without a key are gone through by LIMIT, where the parser takes no variable: here they have one. */
const withKeys = (schema: Schema): Schema => ({
  ...schema,
  tables: schema.tables.map((table) => {
    if (table.primaryKey.length > 0) return table;
    const primaryKey = table.columns.slice(0, 2).map(({ name }) => name);
    const columns = table.columns.map((one) => ({ ...one, nullable: one.nullable && !primaryKey.includes(one.name) }));
    return { ...table, primaryKey, columns };
  }),
});

// No profile: some table of each has no key.
await prove('mysql', read, shape, [], withKeys(completeSchema('mysql')));
plant('mysql', read, shape, planted);

describe('MariaDB runs the bytes that were proven for MySQL', () => {
  test.each(policies)('$name', (policy) => {
    const [mysql, mariadb] = ['mysql', 'mariadb'].map((name) => {
      const { procedure, tables } = must(filesOf(policy, completeSchema(name), findDialect(name)), 'files');
      return { procedure, tables };
    });
    expect(mariadb).toEqual(mysql);
  });
});
