import type { PlannedStep } from '../../plan/types.js';
import type { Predicate } from '../../policy/types.js';
import type { Column } from '../../schema/types.js';
import { type Binding, printDead, printPredicate, printUnguarded, stampAsWritten } from '../predicate.js';
import { type ChildView, viewChild } from './child.js';
import type { Context } from './context.js';

export interface StepView {
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
  /** Their names as literals. */
  readonly reasonNames: readonly string[];
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
  /** Copies whose rows are counted, by child. */
  readonly counted: readonly { readonly table: string; readonly rows: string }[] | false;
  /** Tables, each once, that lose rows with those of the step; their deleted rows are counted by the server. */
  readonly dependents:
    | readonly { readonly number: number; readonly table: string; readonly relation: string }[]
    | false;
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

export function viewStep(step: PlannedStep, number: number, context: Context): StepView {
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
      const then = `THEN ${result(at + 1, name)}`;
      const [only] = condition;
      if (condition.length === 1) return [`  WHEN ${only} ${then}`];
      return [...condition.map((line, i) => `${i === 0 ? '  WHEN ' : '       '}${line}`), `  ${then}`];
    });
    return ['CASE', ...guarded, ...lines, ...(otherwise === undefined ? [] : [`  ELSE ${otherwise}`]), 'END'];
  };
  const dead = printDead(step.guard, step.reasons, binding);
  const children = step.children.map((child, at) => viewChild(child, at + 1, step, number, dead, context));
  const { columns } = step.backup;
  const deletesChildren = children.some(({ deletes }) => deletes);
  const returned = plan.backup !== 'none' ? columns : deletesChildren ? neededByChildren(step) : [];
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
    reasonNames: step.reasons.map(({ name }) => literal(name)),
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
    counted: children.length > 0 && children.map((child) => ({ table: child.tableName, rows: child.kept })),
    dependents: viewDependents(children, literal),
  };
}

function viewDependents(children: readonly ChildView[], literal: (text: string) => string): StepView['dependents'] {
  const tables = new Map(children.map(({ tableName, table }) => [tableName, table]));
  if (tables.size === 0) return false;
  return [...tables].map(([table, relation], at) => ({ number: at + 1, table, relation: literal(relation) }));
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
