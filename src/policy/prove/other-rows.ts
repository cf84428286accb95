import type { On } from '../types.js';
import type { Sight } from './sight.js';
import { and, not, same, type Term, thereIs } from './term.js';

export type Comparison = 'exactly' | 'by collation';

/** Two texts that a collation takes for the same; it may be any, and tells numbers apart at least as well. */
export function areSame(one: Term, other: Term, how: Comparison, { vocabulary }: Pick<Sight, 'vocabulary'>): Term {
  if (how === 'exactly') return same(one, other);
  return same(vocabulary.image('as the collation sees it', one), vocabulary.image('as the collation sees it', other));
}

/** The columns of two rows agree pair by pair; NULL agrees with nothing. */
export function matches(
  theirTable: string,
  theirRow: Term,
  on: On,
  how: Comparison,
  ourTable: string,
  ourRow: Term,
  sight: Pick<Sight, 'vocabulary'>,
): Term {
  const { vocabulary } = sight;
  return and(
    ...on.flatMap(([theirs, ours]) => [
      not(vocabulary.isNull(theirTable, theirs, theirRow)),
      not(vocabulary.isNull(ourTable, ours, ourRow)),
      areSame(vocabulary.value(theirTable, theirs, theirRow), vocabulary.value(ourTable, ours, ourRow), how, sight),
    ]),
  );
}

/** What earlier runs noted of values of some columns: whether they saw them, and when first. */
export function sightingOf(
  table: string,
  columns: readonly string[],
  values: readonly Term[],
  { vocabulary }: Pick<Sight, 'vocabulary'>,
): { readonly wasSeen: Term; readonly firstSeen: Term } {
  const what = `${table}.${columns.join(', ')}`;
  return {
    wasSeen: vocabulary.property(`an earlier run saw ${what}`, ...values),
    firstSeen: vocabulary.image(`when a run first saw ${what}`, ...values),
  };
}

/** Some row of a table has our values and meets a condition. */
export function findsRow(
  theirTable: string,
  on: On,
  how: Comparison,
  table: string,
  row: Term,
  meets: (other: Term) => Term,
  sight: Sight,
): Term {
  const other = sight.vocabulary.anyRow(theirTable);
  const found = and(
    sight.isThere(theirTable, other.name),
    matches(theirTable, other.name, on, how, table, row, sight),
    meets(other.name),
  );
  return thereIs(other, found);
}

export const columnsAreThere = (table: string, on: On, { vocabulary }: Sight): Term =>
  and(vocabulary.hasTable(table), ...on.map(([theirs]) => vocabulary.hasColumn(table, theirs)));
