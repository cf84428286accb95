import type { Dialect } from '../dialects/dialect.js';
import type { Table } from '../schema/types.js';
import type { Plan } from './types.js';

/** The column that numbers the rows of a backup table: no column of the source has its name. */
export function keptRowOf({ source }: { readonly source: Table }, { capabilities, expressions }: Dialect): string {
  const names = new Set(source.columns.map(({ name }) => name.toLowerCase()));
  let name = 'kept_row';
  while (names.has(name)) name = `${name}_`;
  return expressions.identifier(capabilities.nameCase === 'upper' ? name.toUpperCase() : name);
}

/** The rows of a table have reasons of their own, and do not only go with those of another table. */
export const hasReasons = (source: Table, { steps }: Pick<Plan, 'steps'>): boolean =>
  steps.some(({ table, followers }) => table === source || followers.some((follower) => follower.table === source));
