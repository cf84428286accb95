import type { ColumnChange, Dialect } from '../dialects/dialect.js';
import { keptColumns } from '../plan/kept-columns.js';
import type { KeptColumn } from '../plan/types.js';
import type { Deliverable } from '../render/deliverable.js';
import { findColumn, findTable } from '../schema/find.js';
import type { Column, Schema, Table } from '../schema/types.js';

/** What must be done to backup tables that no longer fit their sources, as after an upgrade of the product. */
export function backupChanges(
  deliverables: readonly Deliverable[],
  schema: Schema,
  live: readonly Table[],
  dialect: Dialect,
): readonly ColumnChange[] {
  const changes = deliverables.flatMap(({ backups, backup: mode }) =>
    backups.flatMap((backup) => {
      const table = live.find(({ name }) => name === backup.name);
      const source = findTable(schema, backup.source);
      return table === undefined || source === undefined ? [] : changesOf(table, keptColumns(source, mode, dialect));
    }),
  );
  return [...new Map(changes.map((change) => [`${change.table}.${change.column.name}`, change])).values()];
}

function changesOf(backup: Table, columns: readonly KeptColumn[]): readonly ColumnChange[] {
  return columns.flatMap((column): readonly ColumnChange[] => {
    const kept = findColumn(backup, column.name);
    // Rows that are there already have no value for a new column.
    if (kept === undefined) return [{ table: backup.name, column, change: 'add', nullable: true }];
    if (column.hashOf !== undefined || sameType(kept, column)) return [];
    const key = backup.primaryKey.includes(kept.name) && { key: backup.primaryKey };
    return [{ table: backup.name, column, change: 'retype', nullable: kept.nullable, ...key }];
  });
}

const sameType = (one: Column, other: Column): boolean =>
  one.type === other.type && one.collation?.name === other.collation?.name;
