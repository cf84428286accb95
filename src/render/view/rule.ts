import type { PlannedStep } from '../../plan/types.js';
import { type Reason, supersededReason } from '../../policy/types.js';
import { findColumn } from '../../schema/find.js';
import { type Binding, timestampOf } from '../binding.js';
import { printDead, printPredicate, printUnguarded } from '../predicate.js';
import { inProcedure, inView } from './bindings.js';
import type { Context } from './context.js';
import { viewWindows, type WindowsView } from './windows.js';

/** The rule of a step in every place that prints it. */
export interface RuleView {
  /** `CASE … END`: the name of the reason for which a row `t` is dead, NULL for a live row. */
  readonly judgement: readonly string[];
  /** The guard without the reasons, for a row `t`. */
  readonly guard: readonly string[] | false;
  /** The only reason as a literal; false if there are several. */
  readonly onlyReason: string | false;
  /** `CASE … END`: the name of the reason. */
  readonly reason: readonly string[];
  readonly dead: readonly string[];
  /** In the backlog: the setting without which the rule does not hold. */
  readonly enabledInView: string | false;
  /** What the table `n` is read with in the backlog view, if the rule asks for other rows of it. */
  readonly windowsInView: WindowsView | false;
  /** In the backlog: as `judgement`; of a history, of a row that is known to be dead. */
  readonly reasonInView: readonly string[];
  readonly stampInView: string;
}

/** Why rows of a step are dead, in the order in which the reasons count; the last has no condition in a history. */
export const reasonsOf = ({ rule }: PlannedStep): readonly (Omit<Reason, 'when'> & Partial<Reason>)[] => [
  ...rule.reasons,
  ...(rule.history ? [supersededReason] : []),
];

/** `from` and `upto` are the variables between which a walk by key judges its rows. */
export function viewRule(
  step: PlannedStep,
  { from, upto }: { readonly from: string; readonly upto: string },
  context: Context,
): RuleView {
  const { rule, walk } = step;
  const { identifier, literal } = context.dialect.expressions;
  // Without a key the rows have no alias that a DELETE takes.
  const binding = inProcedure(step, walk.kind === 'limit' ? identifier(step.table.name) : 't', context);
  const ofRow = inProcedure(step, 't', context);
  const bindingInView = inView(step, 't', context);
  const [first, ...more] = reasonsOf(step);
  // If only dead rows are looked at, a single reason goes without saying.
  const onlyReason = first !== undefined && more.length === 0 && literal(first.name);
  const reason = (bound: Binding) => (onlyReason === false ? cases(step, bound) : [onlyReason]);
  return {
    judgement: judgement(step, ofRow),
    guard: rule.guard !== undefined && printPredicate(rule.guard, ofRow),
    onlyReason,
    reason: reason(binding),
    dead: printDead(rule.guard, rule.reasons, {
      ...binding,
      ...(walk.kind === 'key' && { range: { column: walk.column.name, from, upto } }),
    }),
    enabledInView: rule.enabledBy !== undefined && `c.${rule.enabledBy} = ${literal('yes')}`,
    windowsInView: viewWindows(step, { ...bindingInView, alias: 'n' }, context),
    reasonInView: rule.history ? reason(bindingInView) : judgement(step, bindingInView),
    stampInView: stampOf(step, bindingInView),
  };
}

/** The rule of a step, once: the guard, then the reasons in the order in which they count. */
function judgement({ rule }: PlannedStep, binding: Binding): readonly string[] {
  const { literal } = binding.expressions;
  const guarded =
    rule.guard === undefined
      ? []
      : printUnguarded(rule.guard, binding).flatMap((condition) => when(condition, 'NULL', 90));
  const reasons = rule.reasons.flatMap((reason) =>
    when(printPredicate(reason.when, binding), literal(reason.name), 80),
  );
  return ['CASE', ...guarded, ...reasons, 'END'];
}

/** A branch of CASE, on one line up to a width. */
function when([first, ...more]: readonly string[], then: string, width: number): readonly string[] {
  if (first === undefined) throw new Error('a rule without a condition');
  if (more.length === 0 && first.length < width) return [`  WHEN ${first} THEN ${then}`];
  return [`  WHEN ${first}`, ...more.map((line) => `       ${line}`), `  THEN ${then}`];
}

/** Of a dead row. */
function cases(step: PlannedStep, binding: Binding): readonly string[] {
  const { literal } = binding.expressions;
  const lines = reasonsOf(step).flatMap(({ name, when: condition }) =>
    condition === undefined
      ? [`  ELSE ${literal(name)}`]
      : when(printPredicate(condition, binding), literal(name), Number.POSITIVE_INFINITY),
  );
  return ['CASE', ...lines, 'END'];
}

function stampOf({ rule: { stamp }, table }: PlannedStep, binding: Binding): string {
  const { expressions } = binding;
  if (stamp === undefined) return expressions.noInstant;
  if (typeof stamp === 'string') return expressions.timestamp(...timestampOf(binding, stamp));
  return expressions.fromEpoch(
    `t.${expressions.identifier(findColumn(table, stamp.column)?.name ?? stamp.column)}`,
    stamp.unit,
  );
}
