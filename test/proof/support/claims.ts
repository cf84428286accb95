import type { Claim } from '../../../src/policy/prove/claim.js';
import { type CompiledPolicy, compilePolicy, reasonsOf } from '../../../src/policy/prove/step.js';
import { and, not, type Term } from '../../../src/policy/prove/term.js';
import { makeVocabulary, type Vocabulary } from '../../../src/policy/prove/vocabulary.js';
import type { Policy, Step } from '../../../src/policy/types.js';
import {
  assumptionsOf,
  assumptionsOfGroups,
  assumptionsOfLists,
  assumptionsOfSightings,
} from '../product/assumptions.js';
import { type Live, liveRows } from '../product/index.js';
import { type Keeping, makeProduct } from '../product/product.js';

export interface LegibleClaim extends Claim {
  readonly legible: readonly Term[];
}

/** Replaces what a policy was compiled to, to see that the prover notices. */
export type Plant = (compiled: CompiledPolicy, vocabulary: Vocabulary) => CompiledPolicy;

export const liveIn = (table: string): Live => {
  const live = liveRows[table];
  if (live === undefined) throw new Error(`nothing says when a row of ${table} is live`);
  return live;
};

/** Rows of a step that are dead for a reason are not live. */
export function deadIsNotLive(
  policy: Policy,
  step: Step,
  reason: string,
  keeping: Keeping,
  plant: Plant = (compiled) => compiled,
): LegibleClaim {
  const vocabulary = makeVocabulary();
  const compiled = plant(compilePolicy(policy, vocabulary), vocabulary);
  const product = makeProduct(vocabulary, compiled.settings, keeping);
  const row = vocabulary.row(step.table, `the row of ${step.table}`);
  const dead = reasonsOf(step, row, compiled).find(({ name }) => name === reason);
  if (dead === undefined) throw new Error(`${step.table} has no reason ${reason}`);
  const live = liveIn(step.table)(row, product);
  return {
    vocabulary,
    assumptions: [
      ...compiled.facts,
      ...assumptionsOf(policy, product),
      ...assumptionsOfLists(step, row, product),
      ...assumptionsOfGroups(step, row, product),
      ...assumptionsOfSightings(step, row, product),
      ...product.assumptions,
      vocabulary.isThere(step.table, row),
      dead.holds,
    ],
    conclusion: not(live),
    legible: [and(...product.legible)],
  };
}
