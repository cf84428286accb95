import type { Schema, Table } from '../schema/types.js';
import type { PlannedChild } from './types.js';

type Link = PlannedChild['path'][number];

export interface FoundChild {
  readonly table: Table;
  readonly path: readonly Link[];
}

/** Every table whose rows hang on a table by the schema's own foreign keys, deepest first. */
export function findChildren(schema: Schema, root: Table): readonly FoundChild[] {
  const found: FoundChild[] = [];
  const visit = (parent: Table, path: readonly Link[]): void => {
    for (const table of schema.tables) {
      // A table that hangs on itself, or on its own descendant, is left to the server's own rule.
      if (table === root || path.some((link) => link.table === table)) continue;
      for (const foreignKey of table.foreignKeys) {
        if (foreignKey.references !== parent.name) continue;
        const link = [{ table, foreignKey }, ...path];
        visit(table, link);
        found.push({ table, path: link });
      }
    }
  };
  visit(root, []);
  return found;
}
