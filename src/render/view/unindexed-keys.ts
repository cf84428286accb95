import type { Plan } from '../../plan/types.js';
import { isIndexed } from './choice.js';

/** A key by which rows of a child are found, and locked, without an index. */
export interface UnindexedKey {
  readonly child: string;
  readonly columns: string;
  readonly parent: string;
}

/** Of all that refer to a table which may lose rows: rows that must be gone, or not there, are looked for as well. */
export function unindexedKeys({ schema, backups }: Plan): readonly UnindexedKey[] {
  const shrinking = new Set(backups.map(({ source }) => source.name));
  return schema.tables.flatMap((child) =>
    child.foreignKeys
      .filter((key) => shrinking.has(key.references) && !isIndexed(child, key))
      .map(({ columns, references }) => ({ child: child.name, columns: columns.join(', '), parent: references })),
  );
}
