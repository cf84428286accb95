import type { Claim } from '../../../src/policy/prove/claim.js';
import { reasonsOf } from '../../../src/policy/prove/step.js';
import { and, implies, not, or, same, type Term } from '../../../src/policy/prove/term.js';
import type { Step } from '../../../src/policy/types.js';
import { everyPart } from '../../../src/policy/visit.js';
import { claimOf, forAll, type Judged, keysOf, type Named } from './judged.js';
import { isFresh, sightings } from './lists.js';
import { conditionOf } from './meaning/expression.js';
import { type Opened, open } from './meaning/query.js';
import type { OpenRow, Scope } from './meaning/scope.js';
import type { TextValue, Value } from './meaning/value.js';
import { must, NotUnderstood } from './only.js';
import type { ProcedureStep } from './procedure.js';
import { policyStep, type Subject, subjectOf } from './subject.js';

/** The row of the step's table among those that a query reads. */
export function rowOf(table: string, { rows }: Pick<Opened, 'rows'>): Term {
  const [row, ...more] = rows.filter((one) => one.table === table.toUpperCase());
  if (row === undefined || more.length > 0) throw new NotUnderstood(`one row of ${table}`, rows);
  return row.name;
}

/** The step is asked for more: none of its exits is taken. */
export const goesOn = (exits: ProcedureStep['exits'], scope: Scope): Term =>
  and(...exits.map((exit) => not(conditionOf(exit, scope).holds)));

const isReason = (value: Value): TextValue => {
  if (value.kind !== 'text') throw new NotUnderstood('a reason', value);
  return value;
};

/** That a row is printed as dead for a reason: the judgement of a step as it stands in the file. */
export interface Judgement {
  readonly rows: readonly OpenRow[];
  readonly holds: Term;
  readonly row: Term;
  readonly isDeadBy: (reason: string) => Term;
  readonly isDead: Term;
  /** Rows of the step's list were put there by what the file says, from the rows that are there. */
  readonly isFresh: Term;
}

export function judgementOf(judged: Judged, subject: Subject): Judgement {
  const { shape, printed, planned } = judged;
  const scope: Scope = { ...subject.scope, named: shape.named(printed) };
  const [found, ...more] = open(shape.judgement(printed, planned), scope);
  if (found === undefined || more.length > 0) throw new NotUnderstood('a judgement', found);
  const reason = isReason(found.column(shape.reason));
  const passes = and(goesOn(printed.exits, scope), not(reason.isNull));
  return {
    rows: found.rows,
    holds: found.holds,
    row: rowOf(planned.table.name, found),
    isDeadBy: (name) => and(passes, same(reason.of, subject.vocabulary.text(name))),
    isDead: passes,
    isFresh: isFresh(judged, found.rows, subject),
  };
}

/** That each row of a step is dead by what is printed if, and only if, it is by the policy: for each reason, and for no other. */
export function judgementClaims(judged: Judged): readonly Named[] {
  const { reading, policy, planned } = judged;
  const step = policyStep(policy, planned);
  const title = `${planned.table.name.toUpperCase()}`;
  const subject = (): Subject => subjectOf(reading, policy);
  const reasons = [...planned.rule.reasons.map(({ name }) => name), ...(step.history ? ['superseded'] : [])];
  const asks = (compared: (printedDead: Term, dead: Term) => Term, reason: string, fresh: boolean) => (): Claim => {
    const both = subject();
    const { rows, holds, row, isDeadBy, isFresh: freshly } = judgementOf(judged, both);
    const dead = must(
      reasonsOf(step, row, both.sight).find(({ name }) => name === reason),
      `a reason ${reason}`,
    );
    const conclusion = forAll(
      rows,
      implies(and(holds, fresh ? freshly : 'true'), compared(isDeadBy(reason), dead.isCounted)),
    );
    return claimOf(
      both,
      [...judged.shape.goesOn(both.world), ...keysOf(judged, both), ...sightings(judged, both)],
      conclusion,
    );
  };
  const perReason = reasons.flatMap((reason): readonly Named[] => {
    const same_ = { title: `${title}: ${reason} is printed as it is meant`, claim: asks(same, reason, true) };
    if (planned.list?.content !== 'keys' || waitsForOthers(step, reason)) return [same_];
    return [same_, { title: `${title}: ${reason}, whatever the list holds`, claim: asks(implies, reason, false) }];
  });
  const noOther = (): Claim => {
    const both = subject();
    const { rows, holds, isDead: dead, isDeadBy } = judgementOf(judged, both);
    return claimOf(both, [], forAll(rows, implies(and(holds, dead), or(...reasons.map(isDeadBy)))));
  };
  return [...perReason, { title: `${title}: there is no other reason`, claim: noOther }];
}

/** A rule that a row is the only one of its thing goes by the list alone; it only delays a delete. */
const waitsForOthers = ({ table, reasons }: Step, reason: string): boolean =>
  reasons.some(({ name, when }) => name === reason && everyPart(when, table).some(([{ kind }]) => kind === 'alone'));

/** That no row is ever dead by a reason: it must be wrong of each, or what is proven of it would be worth nothing. */
export function neverDeadClaims(judged: Judged): readonly Named[] {
  const { reading, policy, planned } = judged;
  return planned.rule.reasons.map(({ name }) => ({
    title: `${planned.table.name.toUpperCase()}: ${name}`,
    claim: (): Claim => {
      const both = subjectOf(reading, policy);
      const { rows, holds, isDeadBy, isFresh: freshly } = judgementOf(judged, both);
      const assumed = [...judged.shape.goesOn(both.world), ...keysOf(judged, both), ...sightings(judged, both)];
      const never = forAll(rows, not(and(holds, freshly, isDeadBy(name))));
      return { ...claimOf(both, assumed, never), conclusion: never };
    },
  }));
}
