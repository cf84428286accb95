import { tablesLookedAtBy } from '../policy/columns.js';
import type { Schema } from '../schema/types.js';
import { type FoundChild, findKeepers, goesWith } from './children.js';
import type { OtherTable, PlannedStep } from './types.js';

/** Tables that are not known as the product's and refer to what a plan cleans, each key once. */
export function otherTables(
  steps: readonly PlannedStep[],
  schema: Schema,
  foreignTables: readonly string[],
): readonly OtherTable[] {
  const all = steps.flatMap((step): readonly OtherTable[] => {
    const known = new Set((step.rule.children ?? []).map((name) => name.toLowerCase()));
    const going = step.children.filter(({ table }) => !known.has(table.name.toLowerCase()));
    const goes = goesWith(step.rule, foreignTables);
    const keepers = step.rule.unreferenced ? referringTo(step, schema) : step.keptBy;
    return [
      ...keepers.map((keeper) => describe(keeper, step.table.name, 'keeps')),
      ...going.map((child) => describe(child, step.table.name, 'goes')),
      ...step.followers.flatMap(({ table }) =>
        findKeepers(schema, table, goes).map((keeper) => describe(keeper, table.name, 'keeps')),
      ),
    ];
  });
  return [...new Map(all.map((other) => [other.words, other])).values()];
}

/** Where no row goes that is referred to: tables that the policy does not name itself. */
function referringTo({ table, rule }: PlannedStep, schema: Schema): readonly FoundChild[] {
  const { guard: _, ...own } = rule;
  const named = new Set([...tablesLookedAtBy(own), ...(rule.children ?? [])].map((name) => name.toLowerCase()));
  return schema.tables
    .filter((other) => other !== table && !named.has(other.name.toLowerCase()))
    .flatMap((other) =>
      other.foreignKeys
        .filter(({ references }) => references === table.name)
        .map((foreignKey) => ({ table: other, path: [{ table: other, foreignKey }] })),
    );
}

function describe({ table: { name }, path }: FoundChild, cleaned: string, effect: OtherTable['effect']): OtherTable {
  const [nearest] = path;
  if (nearest === undefined) throw new Error(`${name} refers to nothing`);
  const { references: refersTo, columns, onDelete } = nearest.foreignKey;
  const verb = effect === 'keeps' ? 'keep' : 'go with';
  const above = refersTo === cleaned ? '' : `, and with them those of ${cleaned}`;
  const words = `rows of ${name} (${columns.join(', ')}, ON DELETE ${onDelete}) ${verb} the rows of ${refersTo} that they refer to${above}`;
  return { table: name, refersTo, cleaned, onDelete, effect, words };
}
