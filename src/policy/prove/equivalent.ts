import type { Predicate } from '../types.js';
import type { Claim } from './claim.js';
import { compile } from './compile.js';
import { compilePolicy, type Names } from './step.js';
import { and, same } from './term.js';
import { makeVocabulary } from './vocabulary.js';

/** What has to be the same: which rows a WHERE takes; or also of which it is false, and of which unknown. */
export type Sameness = 'the same rows' | 'the same value';

/**
 * Two rules about a row of one table say the same, of all rows, whatever else the database holds. Names of parameters and
 * cut-offs mean the same in both.
 */
export function equivalent(
  one: Predicate,
  other: Predicate,
  table: string,
  names: Names = { parameters: [], cutOffs: [] },
  sameness: Sameness = 'the same rows',
): Claim {
  const vocabulary = makeVocabulary();
  const sight = compilePolicy(names, vocabulary);
  const row = vocabulary.row(table, 'the row');
  const [first, second] = [compile(one, table, row, sight), compile(other, table, row, sight)];
  const holdAlike = same(first.holds, second.holds);
  return {
    vocabulary,
    assumptions: [...sight.facts, vocabulary.isThere(table, row)],
    conclusion: sameness === 'the same rows' ? holdAlike : and(holdAlike, same(first.fails, second.fails)),
  };
}
