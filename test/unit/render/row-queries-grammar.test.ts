import { describe, expect, test, vi } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { waysToRows } from '../../../src/operate/why/naming.js';
import { searchFor, searchForSecret } from '../../../src/operate/why/search.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { policies } from '../../../src/policies/index.js';
import { cutOffQuery } from '../../../src/render/cut-off-query.js';
import { rowQueries } from '../../../src/render/row-queries.js';
import { completeSchema } from '../../support/data/later-tables.js';
import { complaintsOf, grammars } from '../../support/grammar.js';

// The grammar reads slowly.
vi.setConfig({ testTimeout: 1_200_000 });

/** A sample of each length: the grammar takes a second for each. 1 reads all. */
const every = Number(process.env.DEEPCLEAN_GRAMMAR_EVERY ?? 40);

/** Every query by which rows of any cleanup are read, each shape once. */
function queriesOf(name: (typeof grammars)[number]): readonly string[] {
  const dialect = findDialect(name);
  const schema = completeSchema(name);
  const all = policies.flatMap((policy) => {
    const { plan } = makePlan(policy, schema, dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
    if (plan === undefined) return [];
    const rows = plan.steps.flatMap((step) => {
      const ways = [searchFor('/a/b'), searchForSecret('x')].flatMap((search) =>
        waysToRows(step, search, { dialect, schema }),
      );
      return ways.flatMap(({ naming }) => {
        const read = rowQueries(step, naming.condition, { dialect, schema, earlier: [] });
        return [read.rows, ...read.others, ...read.things, ...read.stated, ...(read.sightings ? [read.sightings] : [])];
      });
    });
    return [cutOffQuery(plan, dialect, undefined, () => '1'), ...rows.map(({ sql }) => sql)];
  });
  return [...new Set(all)];
}

describe.each(grammars)('a public grammar of %s', (name) => {
  test('reads the queries that why asks', () => {
    const queries = queriesOf(name);
    expect(queries.length).toBeGreaterThan(50);
    const chosen = [...queries].sort((one, other) => one.length - other.length).filter((_, at) => at % every === 0);
    expect(chosen.flatMap((sql) => complaintsOf(name, sql).map((complaint) => `${complaint} in\n${sql}`))).toEqual([]);
  });

  test('refuses what is no query', () => {
    expect(complaintsOf(name, 'SELECT FROM WHERE')).not.toEqual([]);
  });
});
