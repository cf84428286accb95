import type { Database, Reference, Row } from './rows.js';

/** The values of a key as one text; nothing where a part is NULL, because NULL refers to no row. */
function keyText(row: Row, columns: readonly string[]): string | undefined {
  const values = columns.map((column) => row[column] ?? null);
  return values.includes(null) ? undefined : JSON.stringify(values.map(String));
}

/**
 * Deletes rows with all that refers to them, level by level; `deleted` is filled. A child that refers to no deleted row
 * stays, an orphan too: nothing here asks whether a parent exists.
 */
export function deleteWithChildren(
  database: Readonly<Record<string, readonly Row[]>>,
  references: readonly Reference[],
  deleted: Set<Row>,
  roots: readonly (readonly [string, Row])[],
): void {
  let level: readonly (readonly [string, Row])[] = roots.filter(([, row]) => !deleted.has(row));
  for (const [, row] of level) deleted.add(row);
  while (level.length > 0) {
    const below: (readonly [string, Row])[] = [];
    for (const reference of references) {
      const gone = new Set<string>();
      for (const [table, row] of level) {
        const key = table === reference.parent ? keyText(row, reference.parentColumns) : undefined;
        if (key !== undefined) gone.add(key);
      }
      if (gone.size === 0) continue;
      for (const child of database[reference.child] ?? []) {
        const key = keyText(child, reference.columns);
        if (key === undefined || !gone.has(key) || deleted.has(child)) continue;
        deleted.add(child);
        below.push([reference.child, child]);
      }
    }
    level = below;
  }
}

/** What is left of every table. */
export const withoutDeleted = (database: Database, deleted: ReadonlySet<Row>): Database =>
  Object.fromEntries(Object.entries(database).map(([table, rows]) => [table, rows.filter((row) => !deleted.has(row))]));
