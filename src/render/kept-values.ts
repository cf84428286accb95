import type { Expressions } from '../dialects/expressions.js';
import type { KeptColumn } from '../plan/types.js';

/** What is copied of a row, by its alias, into the columns of a backup table. */
export const keptValues = (
  columns: readonly KeptColumn[],
  alias: string,
  { identifier, sha256 }: Expressions,
): readonly string[] =>
  columns.map(({ name, hashOf }) =>
    hashOf === undefined ? `${alias}.${identifier(name)}` : sha256(`${alias}.${identifier(hashOf.name)}`),
  );
