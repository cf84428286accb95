import type { Step } from '../policy/types.js';
import type { ForeignKey, Schema, Table } from '../schema/types.js';
import type { PlannedChild } from './types.js';

type Link = PlannedChild['path'][number];

/** A table that refers to another, directly or by way of tables between. */
export interface FoundChild {
  readonly table: Table;
  /** Keys from this table up to the other, nearest first. */
  readonly path: readonly Link[];
}

/** Whether rows of a table go with the row that they refer to by a key. */
export type Goes = (table: Table, foreignKey: ForeignKey) => boolean;

/**
 * What goes with a deleted row: rows of a cascading key, since its owner asked for that; of the product's own tables; and of
 * those that the configuration names. No name proves a table to be the product's: a customer may call his own IDN_BILLING.
 */
export function goesWith({ children = [] }: Pick<Step, 'children'>, configured: readonly string[]): Goes {
  const named = new Set([...children, ...configured].map((name) => name.toLowerCase()));
  return ({ name }, { onDelete }) => onDelete === 'CASCADE' || named.has(name.toLowerCase());
}

/** Tables whose rows go with a step's; none where rows that are referred to stay. */
export const childrenOf = (step: Step, table: Table, schema: Schema, goes: Goes): readonly FoundChild[] =>
  step.unreferenced ? [] : findChildren(schema, table, goes);

/** Every table whose rows go with those of a table by the schema's own foreign keys, deepest first. */
export const findChildren = (schema: Schema, root: Table, goes: Goes): readonly FoundChild[] =>
  findTies(schema, root, goes).children;

/** Every table whose rows keep those of a table, or rows that would go with them. */
export const findKeepers = (schema: Schema, root: Table, goes: Goes): readonly FoundChild[] =>
  findTies(schema, root, goes).keepers;

function findTies(schema: Schema, root: Table, goes: Goes) {
  const children: FoundChild[] = [];
  const keepers: FoundChild[] = [];
  const visit = (parent: Table, path: readonly Link[]): void => {
    for (const table of schema.tables) {
      // Circles are a problem of their own: see findCircles.
      if (table === root || path.some((link) => link.table === table)) continue;
      for (const foreignKey of table.foreignKeys) {
        if (foreignKey.references !== parent.name) continue;
        const link = [{ table, foreignKey }, ...path];
        if (goes(table, foreignKey)) {
          visit(table, link);
          children.push({ table, path: link });
        } else {
          keepers.push({ table, path: link });
        }
      }
    }
  };
  visit(root, []);
  return { children, keepers };
}

/** Tables below a root that hang on themselves or on what hangs on them: deleting a dead row there could take live ones. */
export function findCircles(schema: Schema, root: Table, goes: Goes): readonly Table[] {
  const circles = new Set<Table>();
  const visit = (parent: Table, above: readonly Table[]): void => {
    for (const table of schema.tables) {
      const keys = table.foreignKeys.filter(({ references }) => references === parent.name);
      if (keys.length === 0) continue;
      if (above.includes(table)) circles.add(table);
      else if (keys.some((key) => goes(table, key))) visit(table, [...above, table]);
    }
  };
  visit(root, [root]);
  return [...circles];
}

/** Those of some tables that refer to each other in a circle: none of their rows could be put back before the others. */
export function tablesInCircles(tables: readonly Table[]): readonly Table[] {
  const parentsOf = (table: Table) =>
    tables.filter((other) => other !== table && table.foreignKeys.some(({ references }) => references === other.name));
  const isAbove = (table: Table): boolean => {
    const seen = new Set<Table>();
    const visit = (from: Table): boolean =>
      parentsOf(from).some((parent) => {
        if (parent === table) return true;
        if (seen.has(parent)) return false;
        seen.add(parent);
        return visit(parent);
      });
    return visit(table);
  };
  return tables.filter(isAbove);
}
