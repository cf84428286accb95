import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { policies } from '../../src/policies/index.js';
import { hasHeld } from '../../src/rehearsal/types.js';
import { fillTokens } from '../bench/fill-tokens.js';
import { productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { playOn } from './support.js';

/** What a database has for tables that do not say: ours, and the variables of our procedures. */
const collations: Readonly<Record<'mysql' | 'mariadb', readonly string[]>> = {
  mysql: ['utf8mb4_0900_ai_ci', 'utf8mb4_unicode_ci', 'utf8mb4_bin', 'utf8mb3_general_ci', 'latin1_swedish_ci'],
  mariadb: ['utf8mb4_unicode_ci', 'utf8mb4_bin', 'utf8mb3_general_ci', 'latin1_swedish_ci'],
};

describeEngines(['mariadb', 'mysql'], (engine) => {
  const all = collations[engine.dialect as keyof typeof collations];
  describe.each(all)('a database in %s', (collation) => {
    const [characterSet = ''] = collation.split('_');

    describe.each([
      ['of its own collation', characterSet, collation],
      ['that were made in latin1', 'latin1', 'latin1_swedish_ci'],
    ])('with tables %s', (_, tableSet, tableCollation) => {
      let product: Awaited<ReturnType<typeof productTables>>;
      beforeAll(async () => {
        product = await productTables(engine, { characterSet: tableSet });
        const { database, query } = product;
        await query(`ALTER DATABASE ${database.name} CHARACTER SET ${tableSet} COLLATE ${tableCollation}`);
        await fillTokens(product, 100);
        await query(`ALTER DATABASE ${database.name} CHARACTER SET ${characterSet} COLLATE ${collation}`);
      });
      afterAll(() => product?.database.drop());

      test('is cleaned, and all of it comes back', async () => {
        const tokens = policies.filter(({ name }) => name === 'tokens');
        const rehearsal = await playOn(findDialect(engine.dialect), product.database.url, tokens);
        expect(rehearsal.cleanups.flatMap(({ failure, restore }) => [failure, restore?.failure])).toEqual([
          undefined,
          undefined,
        ]);
        expect(hasHeld(rehearsal)).toBe(true);
        expect(rehearsal.cleanups[0]?.restore?.rows).toBe(210);
      });
    });
  });
});
