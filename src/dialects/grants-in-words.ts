import { groupBy } from '../schema/related-tables.js';
import type { NeededGrant } from './dialect.js';

/** `PRIVILEGES ON PLACE`, a line for each place; a place that is empty is the whole database, which GRANT does not name. */
export function groupedInWords(
  needed: readonly NeededGrant[],
  place: (grant: NeededGrant) => string,
): readonly string[] {
  return [...groupBy(needed, place)].map(([on, grants]) => {
    const privileges = [...new Set(grants.map(({ privilege }) => privilege))].sort(inOrder).join(', ');
    return on === '' ? privileges : `${privileges} ON ${on}`;
  });
}

const onRows = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

/** As everybody writes them; the others keep their order. */
const inOrder = (one: string, other: string): number =>
  onRows.includes(one) && onRows.includes(other) ? onRows.indexOf(one) - onRows.indexOf(other) : 0;
