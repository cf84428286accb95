import { policies } from '../../../src/policies/index.js';
import type { Policy, Step } from '../../../src/policy/types.js';

export interface StepOfPolicy {
  readonly title: string;
  readonly policy: Policy;
  readonly step: Step;
}

/** Every step of every policy. A table may have several, so the title names what they look for. */
export const everyStep: readonly StepOfPolicy[] = policies.flatMap((policy) =>
  policy.steps.map((step) => ({
    title: `${step.table} (${[policy.name, ...step.reasons.map(({ name }) => name)].join(', ')})`,
    policy,
    step,
  })),
);
