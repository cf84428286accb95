import type { Problem } from '../errors.js';
import { columnsUsedBy, tablesLookedAtBy } from '../policy/columns.js';
import type { Step } from '../policy/types.js';
import { rulesOf } from '../policy/visit.js';
import { findColumn, findTable } from '../schema/find.js';
import type { Column, Schema, Table } from '../schema/types.js';
import { childrenOf, findChildren, findCircles, findKeepers, goesWith, tablesInCircles } from './children.js';
import { mustFind } from './resolve-step.js';

/** Everything about a schema that would make a step unsafe, or a restore impossible. */
export function problemsOf(
  steps: readonly Step[],
  schema: Schema,
  foreignTables: readonly string[] = [],
): readonly Problem[] {
  const problems = [
    ...steps.flatMap((step) => columnProblems(step, schema)),
    ...steps.flatMap((step) => tableProblems(step, schema, foreignTables)),
    ...steps.flatMap((step) => keyProblems(step, schema, foreignTables)),
    ...steps.flatMap((step) => relationProblems(step, steps, schema, foreignTables)),
    ...circleProblems(steps, schema, foreignTables),
    ...ambiguousNames(steps, schema),
  ];
  // A table that several steps touch is named once.
  return [...new Map(problems.map((problem) => [problem.what, problem])).values()];
}

const unknownSchema =
  'Nothing was changed. Compare the table with the product’s own DDL, and report it with the output of `deepclean inspect`.';

const showAll =
  'Nothing was changed. Have an administrator take that away, or let deepclean run as somebody from whom nothing is hidden.';

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

/** Tables that cannot be cleaned at all, and those whose rows would go with what goes by no key. */
function tableProblems(step: Step, schema: Schema, foreignTables: readonly string[]): Problem[] {
  const table = mustFind(schema, step.table);
  const goes = goesWith(step, foreignTables);
  const children = childrenOf(step, table, schema, goes);
  const followers = followersOf(step, schema);
  const touched = new Set([table, ...children.map((child) => child.table), ...followers]);
  // A row that is hidden from a rule seems to be gone, and what it kept would go.
  const lookedAt = tablesLookedAtBy(step).flatMap((name) => findTable(schema, name) ?? []);
  const hidden = [...new Set([...touched, ...lookedAt])].flatMap((seen) =>
    seen.hidden === undefined ? [] : [{ what: `${seen.name} ${seen.hidden}`, next: showAll }],
  );
  const obstacles = [...touched].flatMap(({ name, obstacle }) =>
    obstacle === undefined ? [] : [{ what: `${name} ${obstacle}`, next: unknownSchema }],
  );
  const hanging = followers.flatMap((follower) =>
    findChildren(schema, follower, goes).map(({ table: { name } }) => ({
      what: `${name} refers to ${follower.name}, whose rows go with those of ${table.name}, by a foreign key of which this cleanup knows nothing`,
      next: foreignToTheProduct,
    })),
  );
  return [...obstacles, ...hidden, ...hanging];
}

const followersOf = ({ followers = [] }: Step, schema: Schema): readonly Table[] =>
  followers.map((follower) => mustFind(schema, follower.table));

/** Foreign keys by which a dead row could take rows that no rule calls dead, or that could not be restored one by one. */
function relationProblems(
  step: Step,
  applying: readonly Step[],
  schema: Schema,
  foreignTables: readonly string[],
): Problem[] {
  const goes = goesWith(step, foreignTables);
  const table = mustFind(schema, step.table);
  const children = childrenOf(step, table, schema, goes).map((child) => child.table);
  const judged = new Set(applying.map((other) => mustFind(schema, other.table)));
  const circles = (step.unreferenced ? [] : findCircles(schema, table, goes)).map(
    ({ name }) => `${name} refers to itself, or to one of its child tables, so that live rows could go with dead ones`,
  );
  const rivals = children
    .filter((child) => judged.has(child) && child !== table)
    .map(
      ({ name }) => `${name} refers to ${table.name} by a foreign key, so that its live rows would go with dead ones`,
    );
  const twice = children
    .filter((child, at) => children.indexOf(child) !== at)
    .map(
      ({ name }) => `${name} is a child of ${table.name} in more than one way, so that its rows would be kept twice`,
    );
  return [...new Set([...circles, ...rivals, ...twice])].map((what) => ({ what, next: foreignToTheProduct }));
}

/** Tables that may lose rows and refer to each other: no order in which they could be restored. */
function circleProblems(steps: readonly Step[], schema: Schema, foreignTables: readonly string[]): Problem[] {
  const touched = steps.flatMap((step) => {
    const table = mustFind(schema, step.table);
    const children = childrenOf(step, table, schema, goesWith(step, foreignTables)).map((child) => child.table);
    return [table, ...children, ...followersOf(step, schema)];
  });
  const names = tablesInCircles([...new Set(touched)]).map(({ name }) => name);
  if (names.length === 0) return [];
  const what = `${names.join(' and ')} refer to each other by foreign keys in a circle, so that their rows could not be restored`;
  return [{ what, next: foreignToTheProduct }];
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
function keyProblems(step: Step, schema: Schema, foreignTables: readonly string[]): Problem[] {
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
    if (rule.kind === 'alone' && key.length === 0) whats.push(`${table.name} has no primary key`);
    if (rule.kind !== 'superseded') continue;
    const known = lower([rule.order, ...rule.by]);
    if (!key.includes(rule.order.toLowerCase()) || key.some((column) => !known.includes(column))) {
      whats.push(`${has(table.primaryKey)}, expected one of ${rule.order} with some of ${rule.by.join(', ')}`);
    }
  }
  // Of rows that stand for each other, none can be kept or taken by itself.
  const goes = goesWith(step, foreignTables);
  const standsForOthers = step.history !== undefined || rulesOf(step).some(([rule]) => rule.kind === 'superseded');
  const ties = [
    ...(step.history ? findChildren(schema, table, goes) : []),
    ...(standsForOthers ? findKeepers(schema, table, goes) : []),
  ];
  const nulled = (step.unreferenced ? [] : findKeepers(schema, table, goes)).find(({ path: [nearest] }) =>
    nearest?.foreignKey.onDelete.startsWith('SET '),
  );
  if (nulled !== undefined && key.length === 0) {
    whats.push(
      `${nulled.table.name} would lose its references to ${table.name}, which has no primary key to go along: its rows could not be held meanwhile`,
    );
  }
  const children = key.length === 0 ? findChildren(schema, table, goes) : [];
  if (!step.history && children.length > 0) {
    const names = [...new Set(children.map(({ table: { name } }) => name))].join(', ');
    whats.push(`${names} refers to ${table.name}, which has no primary key: the server would delete its rows uncopied`);
  }
  if (ties.length > 0) {
    const names = [...new Set(ties.map(({ table: { name } }) => name))].join(', ');
    whats.push(`${names} refers to ${table.name} by a foreign key, of which this cleanup knows nothing`);
  }
  return whats.map((what) => ({ what, next: unknownSchema }));
}
