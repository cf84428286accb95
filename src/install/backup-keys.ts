import type { Dialect } from '../dialects/dialect.js';
import { keptRowOf } from '../plan/kept-row.js';
import type { Deliverable } from '../render/deliverable.js';
import { findTable } from '../schema/find.js';
import type { Schema, Table } from '../schema/types.js';

/** A backup table that an older version made without a key. */
export interface MissingKey {
  readonly table: string;
  /** The column that numbers its rows, as SQL has it. */
  readonly column: string;
}

/**
 * Backup tables that have no key yet. Without one, a server that replicates may refuse to prune them, or to fill them at
 * all.
 */
export function missingKeys(
  deliverables: readonly Deliverable[],
  schema: Schema,
  live: readonly Table[],
  dialect: Dialect,
): readonly MissingKey[] {
  const missing = deliverables.flatMap(({ backups }) =>
    backups.flatMap((backup): readonly MissingKey[] => {
      const table = live.find(({ name }) => name === backup.name);
      const source = findTable(schema, backup.source);
      if (table === undefined || source === undefined || table.primaryKey.length > 0) return [];
      return [{ table: table.name, column: keptRowOf({ source }, dialect) }];
    }),
  );
  return [...new Map(missing.map((one) => [one.table, one])).values()];
}
