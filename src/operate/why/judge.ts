import type { Plan, PlannedStep } from '../../plan/types.js';
import type { Facts, Row } from '../../policy/evaluate.js';
import { type Outlook, outlook, type Unmet, unmetParts } from '../../policy/moments.js';
import type { Predicate, Step } from '../../policy/types.js';
import { supersededReason } from '../../policy/types.js';
import { rulesOf } from '../../policy/visit.js';

/** What one step says of a row. */
export interface Judgement extends Outlook {
  readonly step: PlannedStep;
  readonly row: Row;
  /** The step is not taken, for lack of a setting. */
  readonly isOff: boolean;
  /** What the guard asks for and the row does not fulfil. */
  readonly guard: readonly Unmet[];
  /** Each reason, and what it asks for that the row does not fulfil. */
  readonly reasons: readonly {
    readonly name: string;
    readonly meaning: string;
    readonly unmet: readonly Unmet[];
  }[];
}

/** Judges a row by a step, and says what is not fulfilled. */
export function judge(step: PlannedStep, row: Row, facts: Facts): Judgement {
  const { rule } = step;
  const { guard, reasons, history, table } = rule;
  return {
    ...outlook(rule, row, facts),
    step,
    row,
    isOff: rule.enabledBy !== undefined && facts.enabled[rule.enabledBy] !== true,
    guard: guard === undefined ? [] : unmetParts(guard, table, row, facts),
    reasons: [
      ...reasons.map(({ name, meaning, when }) => ({ name, meaning, unmet: unmetParts(when, table, row, facts) })),
      ...(history === undefined ? [] : [{ ...supersededReason, unmet: [] }]),
    ],
  };
}

/** Steps that take superseded rows of the same things before a step that asks for the last one. */
export function stepsBefore(step: PlannedStep, { steps }: Plan): readonly Step[] {
  const alone = asked(step.rule, 'alone');
  if (alone === undefined) return [];
  return steps
    .slice(0, steps.indexOf(step))
    .filter(({ table, rule }) => table === step.table && isOnWith(rule, step.rule))
    .map(({ rule }) => rule)
    .filter((rule) => String(asked(rule, 'superseded')?.by) === String(alone.by));
}

const isOnWith = (earlier: Step, step: Step): boolean => (earlier.enabledBy ?? step.enabledBy) === step.enabledBy;

function asked<Kind extends 'alone' | 'superseded'>({ table, reasons }: Step, kind: Kind) {
  return rulesOf({ table, reasons }).flatMap(([rule]) =>
    rule.kind === kind ? [rule as Extract<Predicate, { kind: Kind }>] : [],
  )[0];
}
