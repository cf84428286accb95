import type { PlannedStep } from '../../../src/plan/types.js';
import type { Claim } from '../../../src/policy/prove/claim.js';
import { and, forEach, implies, same, type Term, thereIs } from '../../../src/policy/prove/term.js';
import type { Policy } from '../../../src/policy/types.js';
import { sameOrNull } from './meaning/compare.js';
import type { OpenRow } from './meaning/scope.js';
import type { ProcedureStep } from './procedure.js';
import type { Shape } from './shape.js';
import type { Reading, Subject } from './subject.js';

export interface Named {
  readonly title: string;
  readonly claim: () => Claim;
}

/** One step of a cleanup: as it was planned, as its policy has it, and as a parser read it. */
export interface Judged {
  readonly reading: Reading;
  readonly policy: Policy;
  readonly planned: PlannedStep;
  readonly printed: ProcedureStep;
  readonly shape: Shape;
}

export const forAll = (rows: readonly OpenRow[], condition: Term): Term =>
  rows.reduceRight((inner, row) => forEach(row, inner), condition);
export const forSome = (rows: readonly OpenRow[], condition: Term): Term =>
  rows.reduceRight((inner, row) => thereIs(row, inner), condition);

export const claimOf = ({ vocabulary, sight, world }: Subject, assumed: readonly Term[], conclusion: Term): Claim => ({
  vocabulary,
  assumptions: [...sight.facts, ...world.facts, ...assumed],
  conclusion: and(conclusion, ...world.duties),
});

/** No two rows of the step's table have the same key. */
export function keysOf({ planned }: Judged, { world, vocabulary }: Subject): readonly Term[] {
  const { primaryKey, name } = planned.table;
  if (primaryKey.length === 0) return [];
  const table = name.toUpperCase();
  const [one, other] = [vocabulary.anyRow(table), vocabulary.anyRow(table)];
  const alike = primaryKey.map((column) =>
    sameOrNull(world.column(table, column, one.name), world.column(table, column, other.name), world),
  );
  const there = and(vocabulary.isThere(table, one.name), vocabulary.isThere(table, other.name));
  return [forEach(one, forEach(other, implies(and(there, ...alike), same(one.name, other.name))))];
}
