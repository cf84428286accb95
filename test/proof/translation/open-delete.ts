import { openFrom } from './meaning/query.js';
import type { Scope } from './meaning/scope.js';
import { must, NotUnderstood } from './only.js';
import type { Delete } from './sql.js';

/** The rows that a DELETE goes by, and which of them it deletes. */
export function openDelete({ from, where, table, alias }: Delete, scope: Scope) {
  const [found, ...more] = openFrom(from, where, scope);
  if (found === undefined || more.length > 0) throw new NotUnderstood('a DELETE', from);
  const item = found.scope.items.find((one) => one.alias === alias);
  const row = must(item?.row, 'the row that is deleted');
  if (row.table !== table.toUpperCase()) throw new NotUnderstood('the table of a DELETE', table);
  return { ...found, row: row.name };
}
