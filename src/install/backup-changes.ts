import type { ColumnChange } from '../dialects/dialect.js';
import type { Deliverable } from '../render/deliverable.js';
import { findColumn, findTable } from '../schema/find.js';
import type { Column, Schema, Table } from '../schema/types.js';

/** What must be done to backup tables that no longer fit their sources, as after an upgrade of the product. */
export function backupChanges(
  deliverables: readonly Deliverable[],
  schema: Schema,
  live: readonly Table[],
): readonly ColumnChange[] {
  const changes = deliverables.flatMap(({ backups }) =>
    backups.flatMap((backup) => {
      const table = live.find(({ name }) => name === backup.name);
      const source = findTable(schema, backup.source);
      return table === undefined || source === undefined ? [] : changesOf(table, source);
    }),
  );
  return [...new Map(changes.map((change) => [`${change.table}.${change.column.name}`, change])).values()];
}

function changesOf(backup: Table, source: Table): readonly ColumnChange[] {
  return source.columns
    .filter((column) => column.generated !== true)
    .flatMap((column): readonly ColumnChange[] => {
      const kept = findColumn(backup, column.name);
      // Rows that are there already have no value for a new column.
      if (kept === undefined) return [{ table: backup.name, column, change: 'add', nullable: true }];
      if (sameType(kept, column)) return [];
      const key = backup.primaryKey.includes(kept.name) && { key: backup.primaryKey };
      return [{ table: backup.name, column, change: 'retype', nullable: kept.nullable, ...key }];
    });
}

const sameType = (one: Column, other: Column): boolean =>
  one.type === other.type && one.collation?.name === other.collation?.name;
