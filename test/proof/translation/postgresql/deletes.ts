import type { Claim } from '../../../../src/policy/prove/claim.js';
import { and, implies, not, same } from '../../../../src/policy/prove/term.js';
import { claimOf, forAll, type Judged, type Named } from '../judged.js';
import { isNull } from '../meaning/value.js';
import { must, NotUnderstood } from '../only.js';
import { openDelete } from '../open-delete.js';
import type { Delete } from '../sql.js';
import { subjectOf } from '../subject.js';
import { deletesOf, namedIn, places } from './batch.js';
import { deletesRows } from './given.js';

/** The one DELETE of a step's table takes rows that were judged dead, each in the place where it was judged. */
export function own(judged: Judged): readonly Named[] {
  const table = judged.planned.table.name.toUpperCase();
  const [deletes, ...more] = deletesOf(judged.printed, table);
  if (deletes === undefined || more.length > 0) throw new NotUnderstood(`one DELETE of ${table}`, more);
  return [{ title: `${table}: what is deleted was judged dead`, claim: () => deletedIsDead(judged, deletes) }];
}

function deletedIsDead(judged: Judged, deletes: Delete): Claim {
  const { reading, policy, planned, printed, shape } = judged;
  const both = subjectOf(reading, policy);
  const table = planned.table.name.toUpperCase();
  const { rows, holds, scope, row } = openDelete(deletes, { ...both.scope, named: namedIn(printed) });
  const others = rows.filter((one) => one.table === table && one.name !== row);
  const judgedRow = must(others[0], 'the row that was judged');
  const judgement = must(
    scope.items.find(({ names }) => names.includes(shape.reason)),
    'a judgement',
  );
  const isMeant = and(same(row, judgedRow.name), not(isNull(judgement.column(shape.reason))), deletesRows(both.world));
  return claimOf(both, places(rows, both), forAll(rows, implies(holds, isMeant)));
}
