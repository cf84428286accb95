import { NotUnderstood } from './only.js';
import type { Expression, Output } from './sql.js';

/** One row for each group is, but for how often the same comes, what its rows say beside each of them. */
export function groupedBy(by: readonly Expression[], columns: readonly Output[]): readonly Output[] {
  if (by.length === 0) return columns;
  const isBy = (value: Expression) => by.some((one) => JSON.stringify(one) === JSON.stringify(value));
  return columns.map((output) => {
    if (output.name === undefined) throw new NotUnderstood('all columns of a group', output);
    const { name, value } = output;
    if (value.kind === 'aggregate' && value.beside === undefined) return { name, value: { ...value, beside: by } };
    if (isBy(value)) return output;
    throw new NotUnderstood('a column of a group', value);
  });
}
