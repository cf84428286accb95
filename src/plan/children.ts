import type { Step } from '../policy/types.js';
import type { Schema, Table } from '../schema/types.js';
import type { PlannedChild } from './types.js';

type Link = PlannedChild['path'][number];

export interface FoundChild {
  readonly table: Table;
  readonly path: readonly Link[];
}

/** Tables whose rows go with a step's; none where rows that are referred to stay. */
export const childrenOf = (step: Step, table: Table, schema: Schema): readonly FoundChild[] =>
  step.unreferenced ? [] : findChildren(schema, table);

/** Every table whose rows hang on a table by the schema's own foreign keys, deepest first. */
export function findChildren(schema: Schema, root: Table): readonly FoundChild[] {
  const found: FoundChild[] = [];
  const visit = (parent: Table, path: readonly Link[]): void => {
    for (const table of schema.tables) {
      // Circles are a problem of their own: see findCircles.
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

/** Tables below a root that hang on themselves or on what hangs on them: deleting a dead row there could take live ones. */
export function findCircles(schema: Schema, root: Table): readonly Table[] {
  const circles = new Set<Table>();
  const visit = (parent: Table, above: readonly Table[]): void => {
    for (const table of schema.tables) {
      if (!table.foreignKeys.some(({ references }) => references === parent.name)) continue;
      if (above.includes(table)) circles.add(table);
      else visit(table, [...above, table]);
    }
  };
  visit(root, [root]);
  return [...circles];
}
