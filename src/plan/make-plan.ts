import type { Dialect } from '../dialects/dialect.js';
import type { Problem } from '../errors.js';
import { checkPolicies } from '../policy/check.js';
import { clockUncertainty, uncertaintyName } from '../policy/clock.js';
import { columnsUsedBy, namesUsedBy, tablesLookedAtBy, timestampsJudgedBy } from '../policy/columns.js';
import type { Follower, LongestPeriod, Parameter, Policy, Step } from '../policy/types.js';
import { findColumn } from '../schema/find.js';
import type { Column, Schema, Table } from '../schema/types.js';
import { childrenOf, goesWith } from './children.js';
import { keptByOthers } from './keepers.js';
import { keptColumns } from './kept-columns.js';
import { backupWords, listWords, type NameChoices, nameObjects, supportName } from './names.js';
import { otherTables } from './other-tables.js';
import { problemsOf } from './problems.js';
import { mustFind, reasonsLeftOut, resolveStep, whyLeftOut } from './resolve-step.js';
import { stepsOfWalk } from './steps-of-walk.js';
import type { BackupMode, BackupTable, LeftOut, Plan, PlannedChild, PlannedFollower, PlannedStep } from './types.js';
import { unsafeNames } from './unsafe-names.js';
import { chooseWalk, coveringIndex, planList } from './walk.js';

export interface PlanChoices extends NameChoices {
  readonly backup: BackupMode;
  /** Tables that are not the product's, and whose rows go with the rows that they refer to whatever their key says. */
  readonly foreignTables?: readonly string[];
}

/** A plan; or everything that stands in its way; or why the policy has nothing to do in this schema. */
export type PlanResult =
  | { readonly plan: Plan; readonly problems: readonly []; readonly absent?: undefined }
  | { readonly plan?: undefined; readonly problems: readonly Problem[]; readonly absent?: undefined }
  | { readonly plan?: undefined; readonly problems: readonly []; readonly absent: string };

/**
 * Decides which steps of a policy apply to a schema, and how.
 *
 * @throws PolicyError for a policy from which no correct SQL could be made
 */
export function makePlan(policy: Policy, schema: Schema, dialect: Dialect, choices: PlanChoices): PlanResult {
  checkPolicies([policy]);
  const { foreignTables = [] } = choices;
  const { applying: resolved, leftOut } = stepsFor(policy, schema);
  const kept = resolved.map((step) => ({
    ownGuard: step.guard,
    ...keptByOthers(step, schema, goesWith(step, foreignTables)),
  }));
  const applying = kept.map(({ step }) => step);
  if (applying.length === 0) {
    const tables = [...new Set(policy.steps.map(({ table }) => table))].join(', ');
    return { problems: [], absent: `${schema.source} has no table ${tables}` };
  }
  const problems = [...unsafeNames(schema, dialect), ...problemsOf(applying, schema, foreignTables)];
  if (problems.length > 0) return { problems };

  const backupOf = (source: Table): BackupTable => ({
    name: supportName(dialect, choices.prefix, `${backupWords[choices.backup]}${source.name}`),
    source,
    columns: keptColumns(source, choices.backup, dialect),
  });
  const steps = kept.flatMap(({ step, ownGuard, keptBy }) => {
    // A table that several steps clean has a list for each.
    const isOnly = applying.every((other) => other === step || other.table !== step.table);
    const suffix = isOnly ? '' : `_${step.reasons[0]?.name}`;
    const listName = (name: string) => supportName(dialect, choices.prefix, `${name}${suffix}`);
    return stepsOfWalk(step, mustFind(schema, step.table), dialect, listName).map((one) => ({
      ...planStep(one, schema, dialect, {
        backupOf,
        listName,
        foreignTables,
        isKept: choices.backup === 'deleted-rows',
      }),
      ...(ownGuard && { ownGuard }),
      keptBy,
    }));
  });
  const lost = lostToAudit(steps);
  if (lost.length > 0) return { problems: lost };
  const used = namesUsedBy(policy, applying);
  const cutOffs = policy.cutOffs.filter((cutOff) => used.has(cutOff.name));
  const backups = backupsOf(steps);
  const looked = [
    ...applying.flatMap((step) => tablesLookedAtBy(step)),
    ...cutOffs.flatMap(({ andLongest }) => andLongest?.table ?? []),
  ].map((name) => mustFind(schema, name));
  const plan: Plan = {
    policy,
    schema,
    names: nameObjects(policy, dialect, choices),
    prefix: choices.prefix,
    keepsRunInRow: dialect.capabilities.keepsRunInRow === true,
    keepsFactsInTable: dialect.capabilities.keepsFactsInTable === true,
    procedureRights: dialect.capabilities.procedureRights,
    backup: choices.backup,
    cutOffs,
    parameters: [
      ...policy.parameters.filter((parameter) => used.has(parameter.name)),
      ...(used.has(uncertaintyName) ? [uncertaintyOf(steps, schema, dialect)] : []),
    ],
    steps,
    backups,
    lookedAt: [...new Set(looked)].filter((table) => !backups.some(({ source }) => source === table)),
    otherTables: otherTables(steps, schema, foreignTables),
    leftOut,
    withoutReason: policy.steps
      .filter(({ table }) => applying.some((step) => step.table === table))
      .flatMap((step) => reasonsLeftOut(step, schema).map((why) => ({ table: step.table, why }))),
  };
  return { plan, problems: [] };
}

/** How far a timestamp may lie behind: more if the server made something else of what the writer sent. */
const uncertaintyOf = (steps: readonly PlannedStep[], schema: Schema, { expressions }: Dialect): Parameter => {
  const judged = steps.flatMap(({ rule }) =>
    timestampsJudgedBy(rule).flatMap(({ table, column }) => findColumn(mustFind(schema, table), column) ?? []),
  );
  return clockUncertainty(judged.some((column) => expressions.convertsBySession(column)));
};

/** The steps of a policy as they stand for a schema, and those that it has nothing for. */
function stepsFor(policy: Policy, schema: Schema): { applying: readonly Step[]; leftOut: readonly LeftOut[] } {
  const applying: Step[] = [];
  const leftOut: LeftOut[] = [];
  for (const step of policy.steps) {
    const resolved = resolveStep(step, schema);
    const longest = longestPeriodsOf(policy, resolved);
    const lookedAt = [...tablesLookedAtBy(resolved), ...longest.map(({ table }) => table)];
    const why = whyLeftOut(resolved, schema, lookedAt) ?? whyUnmeasured(longest, schema);
    if (why === undefined) applying.push(resolved);
    else leftOut.push({ table: step.table, why });
  }
  return { applying, leftOut };
}

function longestPeriodsOf(policy: Policy, step: Step): readonly LongestPeriod[] {
  const used = namesUsedBy(policy, [step]);
  return policy.cutOffs.flatMap(({ name, andLongest }) => (used.has(name) && andLongest ? [andLongest] : []));
}

/** Why a longest period cannot be told: no column says one, or one that should holds something else. */
function whyUnmeasured(periods: readonly LongestPeriod[], schema: Schema): string | undefined {
  for (const { table: name, columns } of periods) {
    const table = mustFind(schema, name);
    const live = columns.flatMap((column) => findColumn(table, column) ?? []);
    if (live.length === 0) return `${table.name} has none of ${columns.join(', ')}`;
    const other = live.find(({ family }) => family !== 'integer');
    if (other) return `${table.name}.${other.name} is of type ${other.type}, expected a whole number of seconds`;
  }
  return undefined;
}

interface PlanningStep {
  readonly backupOf: (table: Table) => BackupTable;
  readonly listName: (name: string) => string;
  readonly foreignTables: readonly string[];
  readonly isKept: boolean;
}

function planStep(
  step: Step,
  schema: Schema,
  dialect: Dialect,
  { backupOf, listName, foreignTables, isKept }: PlanningStep,
): Omit<PlannedStep, 'ownGuard' | 'keptBy'> {
  const table = mustFind(schema, step.table);
  const list = planList(step, table, dialect, listName);
  const covering = list?.content === 'keys' ? coveringIndex(table, ownColumns(step, list)) : undefined;
  const walk = chooseWalk(table, list, dialect);
  const children = childrenOf(step, table, schema, goesWith(step, foreignTables));
  return {
    table,
    rule: step,
    walk,
    ...(list && { list: covering === undefined ? list : { ...list, coveringIndex: covering } }),
    children: children.map(({ table: child, path }): PlannedChild => {
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
    followers: (step.followers ?? []).map((follower) => planFollower(follower, table, schema, backupOf)),
    backup: backupOf(table),
    ...(!isKept &&
      dialect.capabilities.keepsRunInRow &&
      !dialect.capabilities.hasTableVariables &&
      table.primaryKey.length > 0 && {
        batchKeys: {
          name: listName(`${listWords.batch}${table.name}`),
          columns: columnsOf(table, [
            ...table.primaryKey,
            ...('column' in walk ? [walk.column.name] : []),
            ...children.flatMap(({ path }) => path.at(-1)?.foreignKey.referencedColumns ?? []),
          ]),
        },
      }),
  };
}

const columnsOf = (table: Table, names: readonly string[]): readonly Column[] => {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return table.columns.filter(({ name }) => wanted.has(name.toLowerCase()));
};

/** Columns of its own table that a step reads to put a row on the list. */
const ownColumns = (
  step: Step,
  list: { readonly columns: readonly { readonly name: string }[] },
): readonly string[] => [
  ...list.columns.map(({ name }) => name),
  ...columnsUsedBy({ ...step, followers: [] })
    .filter(({ table }) => table === step.table)
    .map(({ column }) => column),
];

function planFollower(
  { table: name, on, guard, name: reason, meaning }: Follower,
  parent: Table,
  schema: Schema,
  backupOf: (table: Table) => BackupTable,
): PlannedFollower {
  const table = mustFind(schema, name);
  const pairs = on.map(
    ([theirs, ours]) => [findColumn(table, theirs)?.name ?? theirs, findColumn(parent, ours)?.name ?? ours] as const,
  );
  return { table, on: pairs, guard, name: reason, meaning, backup: backupOf(table) };
}

/** A copy leads to the rows that refer to it, so an audit must not leave out, or hash, what they refer to. */
function lostToAudit(steps: readonly PlannedStep[]): readonly Problem[] {
  const whats = steps.flatMap(({ children }) =>
    children.flatMap(({ table, path: [own, above] }) => {
      const parent = above && children.find((other) => other.table === above.table);
      const kept = new Set(parent?.backup.columns.map(({ name }) => name));
      const lost = parent && own?.foreignKey.referencedColumns.filter((name) => !kept.has(name));
      return (lost ?? []).map(
        (name) => `${table.name} refers to ${parent?.table.name}.${name}, which an audit does not keep`,
      );
    }),
  );
  return [...new Set(whats)].map((what) => ({
    what,
    next: 'Use another mode of backup (--backup deleted-rows or none).',
  }));
}

/** Every backed-up table once; a parent stands before what hangs on it. */
function backupsOf(steps: readonly PlannedStep[]): readonly BackupTable[] {
  const all = steps.flatMap((step) => [
    step.backup,
    ...step.children.map((child) => child.backup).reverse(),
    ...step.followers.map((follower) => follower.backup),
  ]);
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
