import type { Dialect } from '../dialects/dialect.js';
import { neededGrants } from '../plan/grants.js';
import { supportName } from '../plan/names.js';
import type { BackupTable, Plan, PlannedChild, PlannedStep } from '../plan/types.js';
import type { CutOff, Parameter, Predicate } from '../policy/types.js';
import type { Column, Table } from '../schema/types.js';
import { type Binding, printDead, printPredicate, printUnguarded, stampAsWritten } from './predicate.js';
import { type Seed, seedSettings } from './settings.js';

/** Everything a template may say, complete: no template computes, and none asks for what is not here. */
export interface View {
  /** A plain name as SQL has it. */
  readonly qualify: (name: string) => string;
  readonly title: string;
  readonly source: string;
  readonly namespace: string;
  readonly backup: boolean;
  readonly procedureName: string;
  readonly restoreName: string;
  readonly scheduleName: string;
  /** Names as SQL has them, with their namespace. */
  readonly names: Record<'setting' | 'run' | 'runStep' | 'runReason' | 'object' | 'backlog', string>;
  /** The same names as plain text. */
  readonly plainNames: Record<'setting' | 'run' | 'runStep' | 'runReason' | 'object' | 'backlog', string>;
  readonly procedure: string;
  readonly restore: string;
  readonly settings: readonly Seed[];
  readonly parameters: readonly ParameterView[];
  readonly cutOffs: readonly CutOffView[];
  readonly clockNewest: string;
  readonly clockNewestInView: string;
  readonly tableLiterals: readonly string[];
  readonly clockColumns: readonly string[];
  readonly steps: readonly StepView[];
  /** Variables that hold the bounds of a batch, one pair per step that walks along a key. */
  readonly keyTypes: readonly { readonly from: string; readonly upto: string; readonly type: string }[];
  /** 1 to the largest number of reasons that a step has. */
  readonly reasonNumbers: readonly number[];
  /** Rows for the run log, one per table, and one per table and reason. */
  readonly stepRows: readonly string[];
  readonly reasonRows: readonly string[];
  readonly backups: readonly BackupView[];
  /** Plain names of all tables that may lose rows, each once. */
  readonly tables: readonly string[];
  readonly leftOut: readonly string[];
  /** Privileges of whoever calls the procedure, a line each. */
  readonly grants: readonly string[];
}

interface ParameterView {
  readonly name: string;
  readonly variable: string;
  readonly isNumber: boolean;
  readonly default: string;
}

interface CutOffView {
  readonly name: string;
  readonly variable: string;
  readonly expression: string;
  /** The same instant in the backlog view, where settings are columns. */
  readonly viewExpression: string;
  readonly meaning: string;
}

interface StepView {
  readonly number: number;
  readonly table: string;
  readonly tableName: string;
  readonly enabledBy: string | false;
  readonly enabledByName: string | false;
  readonly walksByKey: boolean;
  /** The key that is walked along; empty text where there is none. */
  readonly key: string;
  readonly keyType: string;
  readonly from: string;
  readonly upto: string;
  /** Sums, variables and CASE that carry the count of each reason from the choice to the log. */
  readonly reasonSums: readonly string[];
  readonly reasonVariables: readonly string[];
  readonly reasonCounts: readonly string[];
  readonly reasons: readonly { readonly number: number; readonly name: string; readonly meaning: string }[];
  /** `CASE … END`: the name of the reason. */
  readonly reason: readonly string[];
  /** `CASE … END`: the number of the reason, 0 for a live row. */
  readonly reasonNumber: readonly string[];
  readonly dead: readonly string[];
  /** As `dead`, for the backlog view. */
  readonly deadInView: readonly string[];
  readonly reasonInView: readonly string[];
  readonly stampInView: string;
  /** Columns of the row that later statements of a batch need, with the alias `t`. */
  readonly returned: readonly string[] | false;
  readonly backup: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
  readonly valuesFromTable: readonly string[];
  readonly children: readonly ChildView[];
  /** What hangs on the deleted rows themselves. */
  readonly direct: readonly ChildView[];
  /** What hangs on those, by the direct child it hangs on; looked at only where that has rows in the batch. */
  readonly handlesNested: boolean;
  readonly nested: readonly { readonly rows: string; readonly children: readonly ChildView[] }[];
  readonly childNames: readonly string[];
  /** The guard in words, for the reader. */
  readonly guarded: string | false;
  /** Children whose rows are counted, and the name of what holds them. */
  readonly counted: readonly { readonly table: string; readonly rows: string }[] | false;
}

interface ChildView {
  readonly number: number;
  readonly name: string;
  readonly kept: string;
  readonly table: string;
  readonly tableName: string;
  /** The server does not delete these rows by itself, or cannot be trusted to. */
  readonly deletes: boolean;
  /** 1 for what hangs on the step's own rows. */
  readonly depth: number;
  /** `gone g JOIN … c`: the rows that hang on the deleted ones. */
  readonly from: readonly string[];
  /** The same joins in the order in which they stand, from the backup of the deleted rows and from the rows themselves. */
  readonly straightJoins: readonly string[];
  readonly joinsFromTable: readonly string[];
  readonly stepTable: string;
  readonly stepBackup: string;
  readonly stepKey: string;
  /** Of the step: what a batch spans, and the rule. */
  readonly range: { readonly from: string; readonly upto: string };
  readonly dead: readonly string[];
  readonly backup: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
  readonly deleted: readonly string[];
}

interface BackupView {
  readonly name: string;
  readonly plainName: string;
  readonly source: string;
  readonly plainSource: string;
  readonly isStep: boolean;
  readonly columns: readonly string[];
  readonly columnsOfBackup: readonly string[];
  readonly indexName: string;
  /** `name type` of each column, for CREATE TABLE. */
  readonly definitions: readonly string[];
  readonly columnCount: number;
  /** Key of the source, or nothing. */
  readonly primaryKey: readonly string[] | false;
  /** Columns that lead to a row of the source, for copying its children and for a restore. */
  readonly lookup: readonly string[];
  readonly hasUniqueKey: boolean;
  readonly overridesIdentity: boolean;
  /** A restored row is the same row: all columns compared, NULL-safe. */
  readonly sameRow: readonly string[];
  /** Rows that the restored one refers to must be there. */
  readonly parents: readonly string[];
}

/** Prepares a plan for the dialect's templates. */
export function makeView(plan: Plan, dialect: Dialect, settings: SettingValues): View {
  const { expressions } = dialect;
  const namespace = plan.schema.namespace;
  const qualify = (name: string) =>
    namespace === undefined
      ? expressions.identifier(name)
      : `${expressions.identifier(namespace)}.${expressions.identifier(name)}`;
  const context: Context = { plan, dialect, qualify };
  const { setting, run, runStep, runReason, object, backlog } = plan.names;
  const steps = plan.steps.map((step, at) => viewStep(step, at + 1, context));
  const plainNames = { setting, run, runStep, runReason, object, backlog };
  return {
    qualify,
    title: plan.policy.title,
    source: plan.schema.source,
    namespace: namespace ?? '',
    backup: plan.backup === 'deleted-rows',
    procedureName: plan.names.procedure,
    restoreName: plan.names.restore,
    scheduleName: plan.names.schedule,
    names: {
      setting: qualify(setting),
      run: qualify(run),
      runStep: qualify(runStep),
      runReason: qualify(runReason),
      object: qualify(object),
      backlog: qualify(backlog),
    },
    plainNames,
    procedure: qualify(plan.names.procedure),
    restore: qualify(plan.names.restore),
    settings: seedSettings(plan, dialect, settings),
    parameters: plan.parameters.map((parameter) => ({
      name: parameter.name,
      variable: `v_${parameter.name}`,
      isNumber: parameter.kind === 'number',
      default: String(parameter.default),
    })),
    cutOffs: plan.cutOffs.map((cutOff) => viewCutOff(cutOff, context)),
    clockNewest: newestStamp(context, 'procedure', 'v_zone'),
    clockNewestInView: newestStamp(context, 'view', 's.zone'),
    tableLiterals: plan.backups.map(({ source }) => expressions.literal(source.name)),
    clockColumns: plan.clock.map(({ table, column }) => `${table.name}.${column}`),
    steps,
    keyTypes: steps.flatMap(({ walksByKey, from, upto, keyType }) =>
      walksByKey ? [{ from, upto, type: keyType }] : [],
    ),
    reasonNumbers: Array.from({ length: Math.max(...steps.map(({ reasons }) => reasons.length)) }, (_, at) => at + 1),
    stepRows: plan.backups.map(({ source }) => `(v_run_id, ${expressions.literal(source.name)})`),
    reasonRows: steps.flatMap(({ tableName, reasons }) =>
      reasons.map(({ name }) => `(v_run_id, ${expressions.literal(tableName)}, ${expressions.literal(name)})`),
    ),
    backups: plan.backups.map((backup) => viewBackup(backup, context)),
    tables: plan.backups.map((backup) => backup.source.name),
    leftOut: plan.leftOut,
    grants: grantLines(plan),
  };
}

/** One line per set of privileges, with the tables it is needed on. */
function grantLines(plan: Plan): readonly string[] {
  const privileges = new Map<string, string[]>();
  for (const { privilege, on } of neededGrants(plan)) privileges.set(on, [...(privileges.get(on) ?? []), privilege]);
  const tables = new Map<string, string[]>();
  for (const [table, granted] of privileges) {
    const words = granted.join(', ');
    tables.set(words, [...(tables.get(words) ?? []), table]);
  }
  return [...tables].map(([words, names]) => `${words} on ${names.join(', ')}`);
}

/** Values that the configuration gives to parameters and tunables, by name. */
export type SettingValues = Readonly<Record<string, string | number>>;

interface Context {
  readonly plan: Plan;
  readonly dialect: Dialect;
  readonly qualify: (name: string) => string;
}

const viewParameter = (name: string): string => `n.${name}`;

function viewCutOff(cutOff: CutOff, { dialect, plan }: Context): CutOffView {
  const { expressions } = dialect;
  const { less } = cutOff;
  const unit = 'hours' in less ? 'hours' : unitOf(plan.parameters, less.parameter);
  const amount = (parameter: (name: string) => string) =>
    'hours' in less ? String(less.hours) : parameter(less.parameter);
  const from = cutOff.from === 'data' ? 'clock' : 'started';
  return {
    name: cutOff.name,
    variable: `v_${cutOff.name}`,
    expression: expressions.before(
      `v_${from}`,
      amount((name) => `v_${name}`),
      unit,
    ),
    viewExpression: expressions.before(
      cutOff.from === 'data' ? 'n.clock' : 'n.utc_now',
      amount((name) => expressions.wholeNumber(viewParameter(name))),
      unit,
    ),
    meaning: cutOff.meaning,
  };
}

function unitOf(parameters: readonly Parameter[], name: string): 'minutes' | 'hours' | 'days' {
  const parameter = parameters.find((one) => one.name === name);
  if (parameter?.kind !== 'number') throw new Error(`no number parameter ${name}`);
  if (parameter.unit !== 'minutes' && parameter.unit !== 'hours' && parameter.unit !== 'days') {
    throw new Error(`${name} is no length of time`);
  }
  return parameter.unit;
}

/** One scalar subquery per column; the newest of them all. */
function newestStamp({ plan, dialect, qualify }: Context, place: 'procedure' | 'view', zone: string): string {
  const stamps = plan.clock.map(({ table, column }) => {
    const live = mustHave(table, column);
    const newest = dialect.expressions.stamp(`max(t.${dialect.expressions.identifier(live.name)})`, live, place, zone);
    return `(SELECT ${newest} FROM ${qualify(table.name)} t)`;
  });
  const [first] = stamps;
  if (first === undefined) throw new Error(`policy ${plan.policy.name} has no clock`);
  return stamps.length === 1 ? first : `greatest(${stamps.join(', ')})`;
}

function bindingOf(step: PlannedStep, alias: string, { plan, dialect, qualify }: Context): Binding {
  return {
    schema: plan.schema,
    table: step.table,
    alias,
    expressions: dialect.expressions,
    cutOff: (name) => `v_${name}`,
    parameter: (name) => `v_${name}`,
    place: 'procedure',
    zone: 'v_zone',
    tableName: (table) => qualify(table.name),
  };
}

function viewStep(step: PlannedStep, number: number, context: Context): StepView {
  const { dialect, qualify, plan } = context;
  const { identifier, literal } = dialect.expressions;
  const limited = step.walk.kind === 'limit';
  const binding = bindingOf(step, limited ? identifier(step.table.name) : 't', context);
  const inView: Binding = {
    ...binding,
    alias: 't',
    cutOff: (name) => `c.${name}`,
    parameter: (name) => `c.${name}`,
    place: 'view',
    zone: 'c.zone',
  };
  const names = (columns: readonly Column[], alias = '') =>
    columns.map((column) => `${alias}${identifier(column.name)}`);
  const cases = (
    bound: Binding,
    result: (at: number, name: string) => string,
    otherwise?: string,
    guard?: Predicate,
  ): readonly string[] => {
    const guarded = guard === undefined ? [] : printUnguarded(guard, bound).map((line) => `  WHEN ${line} THEN 0`);
    const lines = step.reasons.flatMap(({ name, when }, at) => {
      const condition = printPredicate(when, bound);
      const then = ` THEN ${result(at + 1, name)}`;
      return condition.map(
        (line, i) => `${i === 0 ? '  WHEN ' : '       '}${line}${i === condition.length - 1 ? then : ''}`,
      );
    });
    return ['CASE', ...guarded, ...lines, ...(otherwise === undefined ? [] : [`  ELSE ${otherwise}`]), 'END'];
  };
  const dead = printDead(step.guard, step.reasons, binding);
  const children = step.children.map((child, at) => viewChild(child, at + 1, step, number, dead, context));
  const { columns } = step.backup;
  const needed = neededByChildren(step);
  const returned = plan.backup === 'none' ? needed : columns;
  return {
    number,
    table: qualify(step.table.name),
    tableName: step.table.name,
    enabledBy: step.enabledBy === undefined ? false : `v_${step.enabledBy}`,
    enabledByName: step.enabledBy ?? false,
    walksByKey: step.walk.kind === 'key',
    key: step.walk.kind === 'key' ? identifier(step.walk.column.name) : '',
    keyType: step.walk.kind === 'key' ? dialect.expressions.columnType(step.walk.column) : '',
    from: `v_from_${number}`,
    upto: `v_upto_${number}`,
    reasonSums: step.reasons.map((_, at) => `COALESCE(SUM(d.REASON = ${at + 1}), 0)`),
    reasonVariables: step.reasons.map((_, at) => `v_reason_${at + 1}`),
    reasonCounts: [
      'CASE REASON',
      ...step.reasons.map(({ name }, at) => `  WHEN ${literal(name)} THEN v_reason_${at + 1}`),
      'END',
    ],
    reasons: step.reasons.map(({ name, meaning }, at) => ({ number: at + 1, name, meaning })),
    reason: cases(binding, (_, name) => literal(name)),
    reasonNumber: cases(binding, (at) => String(at), '0', step.guard),
    dead,
    deadInView: [
      ...(step.enabledBy === undefined ? [] : [`c.${step.enabledBy} = ${literal('yes')}`]),
      ...grouped(printDead(step.guard, step.reasons, inView), step.enabledBy !== undefined),
    ],
    reasonInView: cases(inView, (_, name) => literal(name)),
    stampInView: stampAsWritten(inView, step.stamp),
    returned: returned.length === 0 ? false : names(returned, 't.'),
    backup: qualify(step.backup.name),
    columns: names(columns),
    values: names(columns, 'g.'),
    valuesFromTable: names(columns, `${binding.alias}.`),
    children,
    direct: children.filter(({ depth }) => depth === 1),
    handlesNested: plan.backup !== 'none' || children.some(({ depth, deletes }) => depth > 1 && deletes),
    nested: nestedChildren(step, children, number, context),
    childNames: children.map((child) => child.tableName),
    guarded: step.guard === undefined ? false : describeGuard(step.guard),
    counted:
      children.length === 0
        ? false
        : children.map((child) => ({
            table: child.tableName,
            rows: plan.backup === 'none' ? child.name : child.kept,
          })),
  };
}

const grouped = (lines: readonly string[], wanted: boolean): string[] =>
  lines.map((line, at) =>
    wanted ? `${at === 0 ? 'AND (' : '     '}${line}${at === lines.length - 1 ? ')' : ''}` : line,
  );

/** Children beyond the first level, deepest first, by the direct child that leads to them. */
function nestedChildren(
  step: PlannedStep,
  children: readonly ChildView[],
  number: number,
  { dialect, qualify }: Context,
): StepView['nested'] {
  const { identifier } = dialect.expressions;
  const walked = step.walk.kind === 'key' ? step.walk.column.name : undefined;
  const deep = step.children.flatMap(({ path }, at) => {
    const [link, view] = [path.at(-1), children[at]];
    return path.length > 1 && link !== undefined && view !== undefined ? [{ link, view }] : [];
  });
  const groups = new Map(deep.map(({ link }) => [`${link.table.name} ${link.foreignKey.columns.join()}`, link]));
  return [...groups.values()].map((link) => {
    const [column] = link.foreignKey.columns;
    const alongTheKey = column !== undefined && link.foreignKey.referencedColumns.join() === walked;
    const range = alongTheKey ? ` WHERE p.${identifier(column)} BETWEEN v_from_${number} AND v_upto_${number}` : '';
    return {
      rows: `SELECT 1 FROM ${qualify(link.table.name)} p${range}`,
      children: deep
        .filter((one) => one.link === link || one.link.foreignKey === link.foreignKey)
        .map(({ view }) => view),
    };
  });
}

/** A guard in words; only "no row there" is used as one so far. */
function describeGuard(guard: Predicate): string {
  if (guard.kind !== 'noRow') throw new Error(`a guard of kind ${guard.kind} has no words yet`);
  return `no row of ${guard.table} has its ${guard.on.map(([, ours]) => ours).join(' and ')}`;
}

/** Columns of the step's table that its children refer to. */
function neededByChildren(step: PlannedStep): readonly Column[] {
  const wanted = new Set(
    step.children
      .flatMap((child) => child.path.at(-1)?.foreignKey.referencedColumns ?? [])
      .map((name) => name.toLowerCase()),
  );
  return step.table.columns.filter((column) => wanted.has(column.name.toLowerCase()));
}

function viewChild(
  child: PlannedChild,
  at: number,
  step: PlannedStep,
  stepNumber: number,
  dead: readonly string[],
  context: Context,
): ChildView {
  const { dialect, qualify } = context;
  const { identifier } = dialect.expressions;
  // From the deleted row down to the child; the child itself is always "c", what lies between "p1", "p2" …
  const downward = [...child.path].reverse();
  const joins = (join: string, root: string) =>
    downward.map(({ table, foreignKey }, depth) => {
      const own = depth === downward.length - 1 ? 'c' : `p${depth + 1}`;
      const parent = depth === 0 ? root : `p${depth}`;
      const on = foreignKey.columns.map(
        (column, i) =>
          `${own}.${identifier(column)} = ${parent}.${identifier(foreignKey.referencedColumns[i] ?? column)}`,
      );
      return `${join} ${qualify(table.name)} ${own} ON ${on.join(' AND ')}`;
    });
  const names = (alias: string) => child.backup.columns.map((column) => `${alias}${identifier(column.name)}`);
  return {
    number: at,
    name: `gone_${stepNumber}_${at}`,
    kept: `kept_${stepNumber}_${at}`,
    table: qualify(child.table.name),
    tableName: child.table.name,
    deletes: !child.cascades || (child.path.length > 1 && !dialect.capabilities.cascadesDeeply),
    depth: child.path.length,
    from: ['gone g', ...joins('JOIN', 'g')],
    straightJoins: joins('STRAIGHT_JOIN', 'g'),
    joinsFromTable: joins('STRAIGHT_JOIN', 't'),
    stepTable: qualify(step.table.name),
    stepBackup: qualify(step.backup.name),
    stepKey: step.walk.kind === 'key' ? identifier(step.walk.column.name) : '',
    range: { from: `v_from_${stepNumber}`, upto: `v_upto_${stepNumber}` },
    dead,
    backup: qualify(child.backup.name),
    columns: names(''),
    values: names('c.'),
    deleted: names('d.'),
  };
}

function viewBackup(backup: BackupTable, { dialect, plan, qualify }: Context): BackupView {
  const { expressions } = dialect;
  const { source } = backup;
  const step = plan.steps.find((one) => one.table === source);
  const ident = (name: string) => expressions.identifier(name);
  const unique = source.primaryKey.length > 0 ? source.primaryKey : undefined;
  return {
    name: qualify(backup.name),
    plainName: backup.name,
    source: qualify(source.name),
    plainSource: source.name,
    isStep: step !== undefined,
    columns: backup.columns.map((column) => ident(column.name)),
    columnsOfBackup: backup.columns.map((column) => `b.${ident(column.name)}`),
    indexName: ident(supportName(dialect, '', `${backup.name}_run`)),
    definitions: backup.columns.map(
      (column) =>
        `${ident(column.name)} ${expressions.columnType(column)} ${source.primaryKey.includes(column.name) ? 'NOT NULL' : 'NULL'}`,
    ),
    columnCount: source.columns.length,
    primaryKey: unique === undefined ? false : unique.map(ident),
    lookup: (unique ?? source.foreignKeys.find((key) => isInPlan(plan, key.references))?.columns ?? []).map(ident),
    hasUniqueKey: unique !== undefined,
    overridesIdentity: backup.columns.some((column) => column.identityAlways === true),
    sameRow: backup.columns.map(
      (column, at) =>
        `${at === 0 ? '' : 'AND '}${expressions.same(`t.${ident(column.name)}`, `b.${ident(column.name)}`)}`,
    ),
    parents: source.foreignKeys.map((key) => {
      const on = key.columns.map((column, i) => `p.${ident(key.referencedColumns[i] ?? column)} = b.${ident(column)}`);
      const absent = key.columns.map((column) => `b.${ident(column)} IS NULL`);
      return `(${absent.join(' OR ')} OR EXISTS (SELECT 1 FROM ${qualify(key.references)} p WHERE ${on.join(' AND ')}))`;
    }),
  };
}

const isInPlan = (plan: Plan, table: string): boolean => plan.backups.some((backup) => backup.source.name === table);

function mustHave(table: Table, name: string): Column {
  const column = table.columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (column === undefined) throw new Error(`${table.name} has no column ${name}`);
  return column;
}
