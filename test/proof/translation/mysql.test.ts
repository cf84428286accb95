import { describe, expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { policies } from '../../../src/policies/index.js';
import { refutation } from '../../../src/policy/prove/claim.js';
import { completeSchema } from '../../support/data/later-tables.js';
import { everyClaim } from './every-claim.js';
import { filesOf } from './files.js';
import { read } from './mysql/read.js';
import { shape } from './mysql/shape.js';
import { must } from './only.js';
import { prove } from './proofs.js';

// No profile: some table of each has no key and is gone through by LIMIT, where the parser takes no variable.
prove('mysql', read, shape, []);

describe('MariaDB says the same as MySQL', () => {
  test.each(policies)('$name', (policy) => {
    const [mysql, mariadb] = ['mysql', 'mariadb'].map((name) =>
      must(filesOf(policy, completeSchema(name), findDialect(name)), 'files'),
    );
    if (mysql === undefined || mariadb === undefined) throw new Error('no files');
    // Only which rows hang on a deleted one by a key that cascades may be left to the server.
    if (mysql.procedure === mariadb.procedure) return;
    const asked = [mysql, mariadb].map((files) =>
      everyClaim(read(files), policy, shape).map(({ claim }) => refutation(claim())),
    );
    expect(asked[1]).toEqual(asked[0]);
  });
});
