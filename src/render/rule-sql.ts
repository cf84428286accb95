import type { Dialect } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import type { Plan, PlannedStep } from '../plan/types.js';
import { printPredicate } from './predicate.js';
import { inView } from './view/bindings.js';

/** A rule as SQL about a row `t`, as the backlog has it: settings and cut-offs are columns of `c`. */
export interface RuleInSql {
  readonly guard?: readonly string[];
  readonly reasons: readonly { readonly name: string; readonly lines: readonly string[] }[];
}

/** The rule of a step in the words of a dialect. */
export function ruleInSql(step: PlannedStep, plan: Plan, dialect: Dialect): RuleInSql {
  const qualify = (name: string): string => sqlName(dialect, name, plan.schema.namespace);
  const binding = inView(step, 't', { plan, dialect, qualify });
  const { guard, reasons } = step.rule;
  return {
    ...(guard !== undefined && { guard: printPredicate(guard, binding) }),
    reasons: reasons.map(({ name, when }) => ({ name, lines: printPredicate(when, binding) })),
  };
}
