import type { PlannedStep } from '../../../../src/plan/types.js';
import type { Claim } from '../../../../src/policy/prove/claim.js';
import { isDead } from '../../../../src/policy/prove/step.js';
import { and, forEach, implies, not, same } from '../../../../src/policy/prove/term.js';
import type { Predicate } from '../../../../src/policy/types.js';
import { everyPart } from '../../../../src/policy/visit.js';
import { claimOf, forAll, type Judged, keysOf, type Named } from '../judged.js';
import { goesOn } from '../judgement-claims.js';
import { sightings } from '../lists.js';
import { compare } from '../meaning/compare.js';
import { isNull } from '../meaning/value.js';
import { must, NotUnderstood } from '../only.js';
import { openDelete } from '../open-delete.js';
import { type Delete, type Expression, sameText } from '../sql.js';
import { policyStep, subjectOf } from '../subject.js';
import { deletesIn, inRange, offList, ownDelete, places } from './batch.js';
import { childClaims } from './children.js';
import { copiesClaim } from './copies.js';
import { deletesRows, isYesOrNo } from './given.js';
import { reason } from './judgement.js';

/** A step deletes the rows that it judged dead, and copies each; of other tables only what hangs on them. */
export function own(judged: Judged): readonly Named[] {
  const { planned, printed } = judged;
  const gone = ownDelete(printed, planned);
  const table = planned.table.name.toUpperCase();
  const again = askedAgain(gone, planned);
  return [
    { title: `${table}: what is deleted was judged dead`, claim: () => deletedIsDead(judged, gone) },
    copiesClaim(judged, gone, planned.backup),
    ...(again
      ? [{ title: `${table}: what is asked again is the rule`, claim: () => againIsRule(judged, gone, again) }]
      : []),
    ...(planned.followers.length > 0
      ? [{ title: `${table}: what is not there is taken off the list`, claim: () => offListIsGone(judged) }]
      : []),
    ...childClaims(judged),
    ...followerCopies(judged),
  ];
}

function deletedIsDead(judged: Judged, gone: Delete): Claim {
  const both = subjectOf(judged.reading, judged.policy);
  const table = gone.table.toUpperCase();
  const { rows, holds, row, scope } = openDelete(gone, both.scope);
  const [judgedRow] = rows.filter((one) => one.table === table && one.name !== row);
  const judgement = must(
    scope.items.find(({ names }) => names.includes(reason)),
    'a judgement',
  );
  const isMeant = and(
    same(row, must(judgedRow, 'the row that was judged').name),
    not(isNull(judgement.column(reason))),
    deletesRows(both.world),
  );
  return claimOf(both, [...places(rows, both), isYesOrNo(both.world)], forAll(rows, implies(holds, isMeant)));
}

/** What a DELETE asks of a row besides its place, once more, since it may have changed by then. */
function askedAgain({ where }: Delete, planned: PlannedStep): Expression | undefined {
  const parts = where?.kind === 'and' ? where.of : [];
  const asked = parts.filter((part) => !isPlace(part) && !isOfRun(part));
  if (asked.length > 0) return { kind: 'and', of: asked };
  if (mayChange(planned)) throw new NotUnderstood('a rule that is not asked again', planned.table.name);
  return undefined;
}

const isPlace = (part: Expression): boolean =>
  part.kind === 'compare' && part.by === '=' && part.left.kind === 'column' && part.left.path.at(-1) === 'ROWID';

const isOfRun = (part: Expression): boolean => {
  const of = part.kind === 'not' && part.of.kind === 'isTrue' ? part.of.of : part;
  return of.kind === 'compare' && of.left.kind === 'column' && of.left.path.join('.') === 'V_RUN.DRY_RUN';
};

/** Rows of other tables may come, or go, before the row is deleted; rows of its history are locked with it. */
const mayChange = ({ rule, walk }: PlannedStep): boolean =>
  rule.history === undefined &&
  walk.kind !== 'limit' &&
  partsOfRule(rule).some(
    (part) => (part.kind === 'noRow' && !part.onlyLeave) || part.kind === 'someRow' || part.kind === 'outlives',
  );

const partsOfRule = ({ table, guard, reasons }: PlannedStep['rule']): readonly Predicate[] =>
  [...(guard ? [guard] : []), ...reasons.map(({ when }) => when)]
    .flatMap((when) => everyPart(when, table))
    .map(([part]) => part);

function againIsRule(judged: Judged, gone: Delete, again: Expression): Claim {
  const both = subjectOf(judged.reading, judged.policy);
  const { rows, holds, row, scope } = openDelete({ ...gone, from: gone.from.slice(0, 1), where: again }, both.scope);
  const isRule = isDead(policyStep(judged.policy, judged.planned), row, both.sight);
  const assumed = [
    ...judged.shape.goesOn(both.world),
    goesOn(judged.printed.exits, scope),
    ...keysOf(judged, both),
    ...sightings(judged, both),
  ];
  // The witness of a superseded row is named by the list of dead rows alone. A row that the list does not name stays, dead or
  // not; that the list names all that is dead is a claim of its own.
  const isNamedByList = partsOfRule(judged.planned.rule).some(({ kind }) => kind === 'superseded');
  const compared = isNamedByList ? implies : same;
  return claimOf(both, assumed, forAll(rows, compared(holds, isRule)));
}

/** The batch takes off its list what has no row any more: whatever is left names a row that the batch judged. */
function offListIsGone(judged: Judged): Claim {
  const both = subjectOf(judged.reading, judged.policy);
  const { vocabulary, world } = both;
  const { printed, planned } = judged;
  const list = must(planned.list, 'a list');
  const { rows, holds, row: line } = openDelete(offList(printed, list.name), both.scope);
  const table = planned.table.name.toUpperCase();
  const named = vocabulary.anyRow(table);
  const isNamed = and(
    vocabulary.isThere(table, named.name),
    ...list.key.map(
      ({ name }) =>
        compare('=', world.column(table, name, named.name), world.column(list.name, name, line), world).holds,
    ),
  );
  const meant = and(
    vocabulary.isThere(list.name.toUpperCase(), line),
    inRange(line, list.name, both, printed, planned),
    forEach(named, not(isNamed)),
  );
  return claimOf(both, [], forAll(rows, same(holds, meant)));
}

/** Rows that follow are copied as well. */
function followerCopies(judged: Judged): readonly Named[] {
  const seen = new Map<string, number>();
  return judged.planned.followers.map(({ table, backup }) => {
    const at = seen.get(table.name) ?? 0;
    seen.set(table.name, at + 1);
    const deletes = deletesIn(judged.printed).filter((one) => sameText(one.table, table.name));
    return copiesClaim(judged, must(deletes[at], `a DELETE of ${table.name}`), backup);
  });
}
