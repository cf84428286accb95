import type { Dialect } from '../dialects/dialect.js';
import type { Problem } from '../errors.js';
import { columnsUsedBy, namesUsedBy, tablesLookedAtBy } from '../policy/columns.js';
import type { Policy, Step } from '../policy/types.js';
import { findColumn, findTable } from '../schema/find.js';
import type { Column, Schema, Table } from '../schema/types.js';
import { findChildren, findCircles } from './children.js';
import { type NameChoices, nameObjects, supportName } from './names.js';
import type { BackupTable, Plan, PlannedChild, PlannedStep } from './types.js';
import { chooseWalk } from './walk.js';

export interface PlanChoices extends NameChoices {
  readonly backup: 'deleted-rows' | 'none';
}

/** A plan, or everything that stands in its way. */
export type PlanResult =
  | { readonly plan: Plan; readonly problems: readonly [] }
  | { readonly plan?: undefined; readonly problems: readonly Problem[] };

/** Decides which steps of a policy apply to a schema, and how. */
export function makePlan(policy: Policy, schema: Schema, dialect: Dialect, choices: PlanChoices): PlanResult {
  const applying = policy.steps.filter((step) => findTable(schema, step.table) !== undefined);
  const problems = [
    ...missingMainTable(policy, schema),
    ...applying.flatMap((step) => columnProblems(step, schema)),
    ...applying.flatMap((step) => tableProblems(step, schema)),
    ...applying.flatMap((step) => relationProblems(step, applying, schema)),
    ...ambiguousNames(applying, schema),
  ];
  if (problems.length > 0) return { problems };

  const backupOf = (source: Table): BackupTable => ({
    name: supportName(dialect, choices.prefix, `bak_${source.name}`),
    source,
    columns: source.columns.filter((column) => !column.generated),
  });
  const steps = applying.map((step) => planStep(step, schema, dialect, backupOf));
  const used = namesUsedBy(policy, applying);
  const plan: Plan = {
    policy,
    schema,
    names: nameObjects(policy, dialect, choices),
    backup: choices.backup,
    clock: policy.clock.map(({ table, column }) => {
      const live = mustFind(schema, table);
      return { table: live, column: findColumn(live, column)?.name ?? column };
    }),
    cutOffs: policy.cutOffs.filter((cutOff) => used.has(cutOff.name)),
    parameters: policy.parameters.filter((parameter) => used.has(parameter.name)),
    steps,
    backups: backupsOf(steps),
    leftOut: policy.steps.filter((step) => !applying.includes(step)).map((step) => step.table),
  };
  return { plan, problems: [] };
}

function planStep(step: Step, schema: Schema, dialect: Dialect, backupOf: (table: Table) => BackupTable): PlannedStep {
  const table = mustFind(schema, step.table);
  return {
    table,
    walk: chooseWalk(table, dialect),
    ...(step.guard && { guard: step.guard }),
    ...(step.enabledBy !== undefined && { enabledBy: step.enabledBy }),
    reasons: step.reasons,
    stamp: findColumn(table, step.stamp)?.name ?? step.stamp,
    children: findChildren(schema, table).map(({ table: child, path }): PlannedChild => {
      const [nearest] = path;
      if (nearest === undefined) throw new Error(`a child without a key: ${child.name}`);
      return {
        table: child,
        foreignKey: nearest.foreignKey,
        path,
        cascades: path.every((link) => link.foreignKey.onDelete === 'CASCADE'),
        backup: backupOf(child),
      };
    }),
    backup: backupOf(table),
  };
}

/** Every backed-up table once; a parent stands before what hangs on it. */
function backupsOf(steps: readonly PlannedStep[]): readonly BackupTable[] {
  const all = steps.flatMap((step) => [step.backup, ...step.children.map((child) => child.backup).reverse()]);
  const unique = [...new Map(all.map((backup) => [backup.name, backup])).values()];
  // A table may hang on two steps (a request object on its token and on its code): it goes after both.
  const ordered: BackupTable[] = [];
  const add = (backup: BackupTable): void => {
    if (ordered.includes(backup)) return;
    for (const key of backup.source.foreignKeys) {
      const parent = unique.find((other) => other.source.name === key.references && other !== backup);
      if (parent) add(parent);
    }
    ordered.push(backup);
  };
  unique.forEach(add);
  return ordered;
}

const unknownSchema =
  'Nothing was changed. Compare the table with the product’s own DDL, and report it with the output of `deepclean inspect`.';

const describeType = ({ type, collation }: Column): string =>
  collation === undefined ? type : `${type} with collation ${collation.name}`;

const familyNames = {
  text: 'text',
  integer: 'a whole number',
  timestamp: 'a date and time without zone',
  boolean: 'a truth value',
  binary: 'binary data',
  other: 'something else',
} as const;

function missingMainTable(policy: Policy, schema: Schema): Problem[] {
  const needed = [policy.steps[0]?.table, ...policy.clock.map((source) => source.table)];
  return [...new Set(needed)].flatMap((table) =>
    table === undefined || findTable(schema, table)
      ? []
      : [
          {
            what: `${schema.source} has no table ${table}`,
            next: 'Check that the URL names the database (and schema) that holds the identity tables.',
          },
        ],
  );
}

function columnProblems(step: Step, schema: Schema): Problem[] {
  const absent = tablesLookedAtBy(step).filter((name) => findTable(schema, name) === undefined);
  const missingTables = absent.map((name) => ({
    what: `${step.table} cannot be judged: ${schema.source} has no table ${name}`,
    next: 'Leave this schema alone and report its product version: deepclean does not know it.',
  }));
  const columns = columnsUsedBy(step).flatMap(({ table: tableName, column: name, family }): Problem[] => {
    const table = findTable(schema, tableName);
    if (table === undefined) return [];
    const column = findColumn(table, name);
    if (column === undefined) {
      return [{ what: `${table.name} has no column ${name}`, next: unknownSchema }];
    }
    if (family === 'any' || column.family === family) return [];
    return [
      {
        what: `${table.name}.${column.name} is of type ${describeType(column)}, expected ${familyNames[family]}`,
        next: unknownSchema,
      },
    ];
  });
  return [...missingTables, ...columns];
}

function mustFind(schema: Schema, name: string): Table {
  const table = findTable(schema, name);
  if (table === undefined) throw new Error(`no table ${name} in ${schema.source}`);
  return table;
}

/** Tables that cannot be cleaned at all, and foreign keys whose effect a restore could not undo. */
function tableProblems(step: Step, schema: Schema): Problem[] {
  const table = mustFind(schema, step.table);
  const children = findChildren(schema, table);
  const obstacles = [table, ...children.map((child) => child.table)].flatMap(({ name, obstacle }) =>
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
  return [...obstacles, ...rules];
}

const foreignToTheProduct =
  'Drop that foreign key if it is not the product’s own, or leave this schema alone and report it.';

/** Foreign keys by which a dead row could take rows that no rule calls dead, or that could not be restored one by one. */
function relationProblems(step: Step, applying: readonly Step[], schema: Schema): Problem[] {
  const table = mustFind(schema, step.table);
  const children = findChildren(schema, table).map((child) => child.table);
  const judged = new Set(applying.map((other) => mustFind(schema, other.table)));
  const circles = findCircles(schema, table).map(
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
