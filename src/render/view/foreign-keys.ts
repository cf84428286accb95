import type { Dialect } from '../../dialects/dialect.js';
import { isLed } from '../../plan/advise.js';
import type { Plan } from '../../plan/types.js';

/** One column of a key. */
export interface ForeignKeyView {
  /** Names as SQL has them, with their namespace. */
  readonly child: string;
  readonly parent: string;
  /** Plain names of the column, and of the one that it refers to. */
  readonly own: string;
  readonly theirs: string;
  /** Columns of the whole key. */
  readonly width: number;
  readonly rule: string;
}

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
      .filter(({ references, columns }) => shrinking.has(references) && !isLed(child, columns))
      .map(({ columns, references }) => ({ child: child.name, columns: columns.join(', '), parent: references })),
  );
}

/** Every foreign key that refers to a table which may lose rows, column by column: each once. */
export function viewForeignKeys(
  plan: Plan,
  { catalog }: Dialect,
  qualify: (name: string) => string,
): readonly ForeignKeyView[] | false {
  const covered = plan.backups.map(({ source }) => source);
  const names = new Set(covered.map(({ name }) => name));
  const others = plan.schema.tables.filter((table) => !covered.includes(table));
  const keys = [...covered, ...others].flatMap((table) =>
    table.foreignKeys
      .filter(({ references }) => names.has(references))
      .flatMap(({ columns, references, referencedColumns, onDelete }) =>
        columns.map((own, at) => ({
          child: qualify(table.name),
          parent: qualify(references),
          own,
          theirs: referencedColumns[at] ?? own,
          width: columns.length,
          rule: catalog.deleteRule(onDelete),
        })),
      ),
  );
  const once = [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
  return once.length > 0 && once;
}
