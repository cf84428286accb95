import type { Problem } from '../errors.js';
import { columnsUsedBy, tablesLookedAtBy } from '../policy/columns.js';
import type { Step } from '../policy/types.js';
import { rulesOf } from '../policy/visit.js';
import { findColumn, findTable } from '../schema/find.js';
import type { Column, Schema, Table } from '../schema/types.js';
import { childrenOf, findChildren, findCircles } from './children.js';
import { mustFind } from './resolve-step.js';

/** Everything about a schema that would make a step unsafe, or a restore impossible. */
export function problemsOf(steps: readonly Step[], schema: Schema): readonly Problem[] {
  const problems = [
    ...steps.flatMap((step) => columnProblems(step, schema)),
    ...steps.flatMap((step) => tableProblems(step, schema)),
    ...steps.flatMap((step) => keyProblems(step, schema)),
    ...steps.flatMap((step) => relationProblems(step, steps, schema)),
    ...ambiguousNames(steps, schema),
  ];
  // A table that several steps touch is named once.
  return [...new Map(problems.map((problem) => [problem.what, problem])).values()];
}

const unknownSchema =
  'Nothing was changed. Compare the table with the product’s own DDL, and report it with the output of `deepclean inspect`.';

const foreignToTheProduct =
  'Drop that foreign key if it is not the product’s own, or leave this schema alone and report it.';

const describeType = ({ type, collation }: Column): string =>
  collation === undefined ? type : `${type} with collation ${collation.name}`;

const familyNames = {
  text: 'text',
  integer: 'a whole number',
  'integer or text': 'a whole number, or text',
  timestamp: 'a date and time without zone',
  boolean: 'a truth value',
  binary: 'binary data',
  other: 'something else',
} as const;

function columnProblems(step: Step, schema: Schema): Problem[] {
  return columnsUsedBy(step).flatMap(({ table: tableName, column: name, family }): Problem[] => {
    const table = findTable(schema, tableName);
    if (table === undefined) return [];
    const column = findColumn(table, name);
    if (column === undefined) {
      return [{ what: `${table.name} has no column ${name}`, next: unknownSchema }];
    }
    if (family === 'any' || family.split(' or ').includes(column.family)) return [];
    return [
      {
        what: `${table.name}.${column.name} is of type ${describeType(column)}, expected ${familyNames[family]}`,
        next: unknownSchema,
      },
    ];
  });
}

/** Tables that cannot be cleaned at all, and foreign keys whose effect a restore could not undo. */
function tableProblems(step: Step, schema: Schema): Problem[] {
  const table = mustFind(schema, step.table);
  const children = childrenOf(step, table, schema);
  const followers = followersOf(step, schema);
  const touched = new Set([table, ...children.map((child) => child.table), ...followers]);
  const obstacles = [...touched].flatMap(({ name, obstacle }) =>
    obstacle === undefined ? [] : [{ what: `${name} ${obstacle}`, next: unknownSchema }],
  );
  const rules = children.flatMap(({ table: child, path }) => {
    const rule = path[0]?.foreignKey.onDelete;
    if (rule !== 'SET NULL' && rule !== 'SET DEFAULT') return [];
    return [
      {
        what: `${child.name} refers to ${table.name} with ON DELETE ${rule}, which a restore could not undo`,
        next: 'Change that foreign key to CASCADE or NO ACTION, or drop it if it is not the product’s own.',
      },
    ];
  });
  const hanging = followers.flatMap((follower) =>
    findChildren(schema, follower).map(({ table: { name } }) => ({
      what: `${name} refers to ${follower.name}, whose rows go with those of ${table.name}, by a foreign key of which this cleanup knows nothing`,
      next: foreignToTheProduct,
    })),
  );
  return [...obstacles, ...rules, ...hanging];
}

const followersOf = ({ followers = [] }: Step, schema: Schema): readonly Table[] =>
  followers.map((follower) => mustFind(schema, follower.table));

/** Foreign keys by which a dead row could take rows that no rule calls dead, or that could not be restored one by one. */
function relationProblems(step: Step, applying: readonly Step[], schema: Schema): Problem[] {
  const table = mustFind(schema, step.table);
  const children = childrenOf(step, table, schema).map((child) => child.table);
  const judged = new Set(applying.map((other) => mustFind(schema, other.table)));
  const circles = (step.unreferenced ? [] : findCircles(schema, table)).map(
    ({ name }) => `${name} refers to itself, or to a table that hangs on it, so that live rows could go with dead ones`,
  );
  const rivals = children
    .filter((child) => judged.has(child) && child !== table)
    .map(
      ({ name }) => `${name} refers to ${table.name} by a foreign key, so that its live rows would go with dead ones`,
    );
  const twice = children
    .filter((child, at) => children.indexOf(child) !== at)
    .map(({ name }) => `${name} hangs on ${table.name} in more than one way, so that its rows would be kept twice`);
  return [...new Set([...circles, ...rivals, ...twice])].map((what) => ({ what, next: foreignToTheProduct }));
}

/** Two tables whose names differ in case: a leftover copy must never be taken for the product's own. */
function ambiguousNames(applying: readonly Step[], schema: Schema): Problem[] {
  const names = new Set(applying.flatMap((step) => [step.table, ...tablesLookedAtBy(step)]));
  return [...names].flatMap((name) => {
    const found = schema.tables.filter((table) => table.name.toLowerCase() === name.toLowerCase());
    if (found.length < 2) return [];
    return [
      {
        what: `${schema.source} has more than one table ${name}: ${found.map((table) => table.name).join(', ')}`,
        next: 'Rename or drop the one that is not the product’s.',
      },
    ];
  });
}

/** Rules that go by a key which the live table must have. */
function keyProblems(step: Step, schema: Schema): Problem[] {
  const table = mustFind(schema, step.table);
  const has = (key: readonly string[]) => `${table.name} has the primary key (${key.join(', ')})`;
  const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase());
  const key = lower(table.primaryKey);
  const leads = (names: readonly string[]) =>
    lower(names).every((name) => key.slice(0, names.length).includes(name)) && key.length >= names.length;
  const whats: string[] = [];
  if (step.history && !leads(step.history.of)) {
    whats.push(`${has(table.primaryKey)}, expected one that begins with ${step.history.of.join(', ')}`);
  }
  if (!step.history && step.followers && key.length === 0) whats.push(`${table.name} has no primary key`);
  for (const [rule] of rulesOf(step)) {
    if (rule.kind !== 'superseded') continue;
    const known = lower([rule.order, ...rule.by]);
    if (!key.includes(rule.order.toLowerCase()) || key.some((column) => !known.includes(column))) {
      whats.push(`${has(table.primaryKey)}, expected one of ${rule.order} with some of ${rule.by.join(', ')}`);
    }
  }
  if (step.history && childrenOf(step, table, schema).length > 0) {
    whats.push(`other tables refer to ${table.name} by a foreign key, of which this cleanup knows nothing`);
  }
  return whats.map((what) => ({ what, next: unknownSchema }));
}
