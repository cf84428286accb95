import { forEach, implies, same, type Term } from '../../../src/policy/prove/term.js';
import { sameOrNull } from './meaning/compare.js';
import type { OpenRow } from './meaning/scope.js';
import type { Subject } from './subject.js';

/** No two rows of a table have the same place; `column` is what the database calls it. */
export function noTwoRows(rows: readonly OpenRow[], column: string, { vocabulary, world }: Subject): readonly Term[] {
  const tables = new Set(rows.map(({ table }) => table).filter((table) => world.hasTable(table)));
  return [...tables].map((table) => {
    const [one, other] = [vocabulary.anyRow(table), vocabulary.anyRow(table)];
    const place = (row: Term) => world.column(table, column, row);
    const samePlace = sameOrNull(place(one.name), place(other.name), world);
    return forEach(one, forEach(other, implies(samePlace, same(one.name, other.name))));
  });
}
