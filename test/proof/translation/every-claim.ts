import type { Policy } from '../../../src/policy/types.js';
import { deletionClaims } from './deletion-claims.js';
import type { Judged, Named } from './judged.js';
import { judgementClaims, neverDeadClaims } from './judgement-claims.js';
import { listClaims } from './lists.js';
import { NotUnderstood } from './only.js';
import type { Shape } from './shape.js';
import type { Reading } from './subject.js';

/** All that is to be proven of a cleanup's file. */
export const everyClaim = (reading: Reading, policy: Policy, shape: Shape): readonly Named[] =>
  ofEachStep(reading, policy, shape, (judged) => [
    ...judgementClaims(judged),
    ...listClaims(judged),
    ...deletionClaims(judged),
  ]);

/** What must be wrong of it: see there. */
export const everyWrongClaim = (reading: Reading, policy: Policy, shape: Shape): readonly Named[] =>
  ofEachStep(reading, policy, shape, neverDeadClaims);

function ofEachStep(
  reading: Reading,
  policy: Policy,
  shape: Shape,
  claimsOf: (judged: Judged) => readonly Named[],
): readonly Named[] {
  const { plan, procedure } = reading;
  const [printedSteps, plannedSteps] = [procedure.steps, plan.steps].map((steps) => steps.map(tableOf));
  if (JSON.stringify(printedSteps) !== JSON.stringify(plannedSteps)) {
    throw new NotUnderstood('steps of other tables than planned', [printedSteps, plannedSteps]);
  }
  return plan.steps.flatMap((planned, at) => {
    const printed = procedure.steps[at];
    if (printed === undefined) throw new NotUnderstood('a step that is missing', planned.table.name);
    const judged = { reading, policy, planned, printed, shape };
    return claimsOf(judged).map(({ title, claim }) => ({ title: `${policy.name} ${at + 1}, ${title}`, claim }));
  });
}

const tableOf = ({ table }: { readonly table: string | { readonly name: string } }): string =>
  (typeof table === 'string' ? table : table.name).toLowerCase();
