import type { Dialect } from '../dialects/dialect.js';
import type { Problem } from '../errors.js';
import { checkPolicies } from '../policy/check.js';
import type { Policy } from '../policy/types.js';
import type { Schema } from '../schema/types.js';
import { makePlan, type PlanChoices } from './make-plan.js';
import type { Plan } from './types.js';

export interface Planned<Choice> {
  readonly plan: Plan;
  readonly choice: Choice;
}

export interface Plans<Choice> {
  readonly planned: readonly Planned<Choice>[];
  /** Policies that have nothing to do in this schema, and why. */
  readonly absent: readonly { readonly policy: string; readonly why: string }[];
  readonly problems: readonly Problem[];
}

/** A plan for each policy that has something to do in a schema; a problem where none has. */
export function planAll<Choice extends { readonly policy: Policy; readonly choices: PlanChoices }>(
  wanted: readonly Choice[],
  schema: Schema,
  dialect: Dialect,
): Plans<Choice> {
  checkPolicies(wanted.map(({ policy }) => policy));
  const results = wanted.map((choice) => ({ choice, ...makePlan(choice.policy, schema, dialect, choice.choices) }));
  const planned = results.flatMap(({ plan, choice }) => (plan === undefined ? [] : [{ plan, choice }]));
  const absent = results.flatMap(({ absent: why, choice }) =>
    why === undefined ? [] : [{ policy: choice.policy.name, why }],
  );
  const problems = results.flatMap((result) => result.problems);
  if (planned.length > 0 || problems.length > 0) return { planned, absent, problems };
  const next =
    'Check that the URL names the database (and schema) that holds the tables: the product can keep them in several.';
  return { planned, absent, problems: absent.map(({ policy, why }) => ({ what: `${policy}: ${why}`, next })) };
}
