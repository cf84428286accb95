import type { Dialect } from '../dialects/dialect.js';
import type { Table } from '../schema/types.js';
import type { Plan } from './types.js';

/** The column that numbers the rows of a backup table, as it stands in SQL. */
export const keptRowOf = (backup: { readonly source: Table }, dialect: Dialect): string =>
  dialect.expressions.identifier(keptRowName(backup, dialect));

/** The same as a plain name: no column of the source has it. */
export function keptRowName({ source }: { readonly source: Table }, { capabilities }: Dialect): string {
  const names = new Set(source.columns.map(({ name }) => name.toLowerCase()));
  let name = 'kept_row';
  while (names.has(name)) name = `${name}_`;
  return capabilities.nameCase === 'upper' ? name.toUpperCase() : name;
}

/** The rows of a table have reasons of their own, and do not only go with those of another table. */
export const hasReasons = (source: Table, { steps }: Pick<Plan, 'steps'>): boolean =>
  steps.some(({ table, followers }) => table === source || followers.some((follower) => follower.table === source));
