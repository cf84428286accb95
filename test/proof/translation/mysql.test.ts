import { describe, expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { policies } from '../../../src/policies/index.js';
import { completeSchema } from '../../support/data/later-tables.js';
import { filesOf } from './files.js';
import { planted } from './mysql/faults.js';
import { read } from './mysql/read.js';
import { shape } from './mysql/shape.js';
import { must } from './only.js';
import { plant } from './plant.js';
import { prove } from './proofs.js';

// No profile: some table of each has no key and is gone through by LIMIT, where the parser takes no variable.
await prove('mysql', read, shape, []);
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
