import { and, atMost, forEach, implies, no, not, or, same, thereIs } from '../../../../src/policy/prove/term.js';
import { must, NotUnderstood } from '../only.js';
import type { Aggregate } from '../sql.js';
import { sameOrNull } from './compare.js';
import { conditionOf, meaningOf } from './expression.js';
import type { Scope } from './scope.js';
import { isOfRow, literalNumber, type Rows, type Value, whole } from './value.js';

/** The largest value or the number of rows: of a query that has no others, or of those beside a row of the same query. */
export function aggregateOf({ name, of, filter, beside }: Aggregate, scope: Scope): Value {
  if (name === 'row_number') return { kind: 'thing', what: 'the number of a row' };
  const again = must(scope.again, 'a query around an aggregate');
  const rows: Rows = () =>
    again().map(({ rows: found, holds, scope: inside }) => {
      const isBeside = (beside ?? []).map((by) => sameOrNull(meaningOf(by, scope), meaningOf(by, inside), scope.world));
      const counts = filter === undefined ? 'true' : conditionOf(filter, inside).holds;
      const value = of[0] === undefined ? literalNumber(1n) : meaningOf(of[0], inside);
      return { rows: found, holds: and(holds, ...isBeside, counts), value };
    });
  if (name === 'max') return { kind: 'largest', rows };
  if (name === 'count' && of.length === 0) return { kind: 'count', rows };
  // What is added up is 0 or 1 for each row: how many have 1.
  const [arm, ...more] = of[0]?.kind === 'case' ? of[0].arms : [];
  const otherwise = of[0]?.kind === 'case' ? of[0].otherwise : undefined;
  const digits = [arm?.result, otherwise].map((part) => (part?.kind === 'literal' ? part.value : undefined));
  if (
    name !== 'sum' ||
    arm === undefined ||
    more.length > 0 ||
    !digits.every((digit) => digit === 0n || digit === 1n)
  ) {
    throw new NotUnderstood('an aggregate', [name, of]);
  }
  const ones: Rows = () =>
    rows().map(({ holds, value, ...found }) => {
      if (value.kind !== 'number') throw new NotUnderstood('a sum', value);
      return { ...found, value, holds: and(holds, same(value.of, '1')) };
    });
  return { kind: 'count', rows: ones };
}

/** The largest of rows that hang on no other, as a number of its own of which that is known. */
export function largestAsNumber(rows: Rows, { world }: Scope): Value {
  const found = rows();
  const largest = world.vocabulary.quantity(`the largest of ${world.facts.length}`);
  const parts = found.map(({ rows: bound, holds, value }) => {
    if (value.kind !== 'number' || value.per !== 1n) throw new NotUnderstood('the largest', value);
    const counts = and(holds, not(value.isNull));
    const some = (condition: string) => bound.reduceRight((inner, row) => thereIs(row, inner), and(counts, condition));
    return {
      isThere: some('true'),
      isReached: some(same(value.of, largest)),
      isLeast: bound.reduceRight((inner, row) => forEach(row, inner), implies(counts, atMost(value.of, largest))),
    };
  });
  const isThere = or(...parts.map((part) => part.isThere));
  const fact = and(...parts.map((part) => part.isLeast), implies(isThere, or(...parts.map((part) => part.isReached))));
  if (isOfRow(fact)) throw new NotUnderstood('the largest', fact);
  world.facts.push(fact);
  return whole(largest, isThere === 'true' ? no : not(isThere));
}
