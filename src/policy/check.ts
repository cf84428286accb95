import { PolicyError, type Problem } from '../errors.js';
import { nameMistakes } from './check-names.js';
import { parameterMistakes } from './check-parameters.js';
import { ruleMistakes, unknownKinds } from './check-rules.js';
import { tableMistakes } from './check-tables.js';
import { textMistakes } from './check-texts.js';
import { clockProblems } from './clock.js';
import type { Policy } from './types.js';

/** Every mistake of a policy, a sentence each; none for a policy that can be rendered for every dialect. */
export function mistakesOf(policy: Policy): readonly string[] {
  // What has no meaning at all would keep the other checks from reading on.
  const unknown = unknownKinds(policy);
  if (unknown.length > 0) return unknown;
  const mistakes = [nameMistakes, textMistakes, parameterMistakes, tableMistakes, ruleMistakes, clockProblems].flatMap(
    (find) => find(policy),
  );
  return [...new Set(mistakes)];
}

const next = 'Correct the policy; docs/new-cleanup.md describes its parts. Nothing was generated or changed.';

/** @throws PolicyError with every mistake of all these policies */
export function checkPolicies(policies: readonly Policy[]): void {
  const problems = policies.flatMap((policy) =>
    mistakesOf(policy).map((mistake): Problem => ({ what: `${policy.name}: ${mistake}`, next })),
  );
  if (problems.length === 0) return;
  const names = [...new Set(policies.filter((policy) => mistakesOf(policy).length > 0).map(({ name }) => name))];
  throw new PolicyError(`No SQL can be made from the policy ${names.join(', ')}.`, problems, { next });
}
