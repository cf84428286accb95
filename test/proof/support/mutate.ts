import { ifColumn } from '../../../src/policy/build.js';
import type { Policy, Predicate, Step } from '../../../src/policy/types.js';

/** A rule with some of its parts replaced, from the inside out. */
export function mutate(predicate: Predicate, change: (part: Predicate) => Predicate): Predicate {
  const within = (part: Predicate): Predicate => mutate(part, change);
  switch (predicate.kind) {
    case 'all':
    case 'any':
      return change({ ...predicate, of: predicate.of.map(within) });
    case 'hasColumn':
      return change(ifColumn(predicate.column, within(predicate.then), within(predicate.otherwise)));
    case 'unless':
      return change({ ...predicate, rule: within(predicate.rule) });
    case 'noRow':
    case 'someRow':
      return change({ ...predicate, ...(predicate.where && { where: within(predicate.where) }) });
    default:
      return change(predicate);
  }
}

export function mutateStep(step: Step, change: (part: Predicate) => Predicate): Step {
  return {
    ...step,
    ...(step.guard && { guard: mutate(step.guard, change) }),
    reasons: step.reasons.map((reason) => ({ ...reason, when: mutate(reason.when, change) })),
  };
}

/** What holds of every row: a part that was dropped. */
export const nothing: Predicate = { kind: 'all', of: [] };

export function stepOf({ name, steps }: Policy, table: string): Step {
  const step = steps.find((one) => one.table === table);
  if (step === undefined) throw new Error(`${name} does not clean ${table}`);
  return step;
}
