import type { Claim } from '../../../../src/policy/prove/claim.js';
import { and, implies, not, same, type Term } from '../../../../src/policy/prove/term.js';
import { claimOf, forAll, type Judged, keysOf, type Named } from '../judged.js';
import { meaningOf } from '../meaning/expression.js';
import { openFrom } from '../meaning/query.js';
import { isNull } from '../meaning/value.js';
import { must, NotUnderstood } from '../only.js';
import { openDelete } from '../open-delete.js';
import type { Delete } from '../sql.js';
import { subjectOf } from '../subject.js';
import { deletesOf, isOneStatement, named, reasonIn } from './batch.js';
import { childClaims } from './children.js';
import { judgedInto } from './content.js';
import { checkCopies, copyOf } from './copies.js';

/** A step deletes the rows that it judged dead, with their child rows, and copies all of them. */
export function own(judged: Judged): readonly Named[] {
  const { planned, printed } = judged;
  const table = planned.table.name.toUpperCase();
  const [deletes, ...more] = deletesOf(printed, table);
  if (deletes === undefined || more.length > 0) throw new NotUnderstood(`one DELETE of ${table}`, more);
  if (isOneStatement(printed)) {
    const title = `${table}: what is deleted has a reason`;
    return [{ title, claim: () => deletedHasReason(judged, deletes) }];
  }
  return [
    { title: `${table}: what is deleted was judged dead`, claim: () => deletedIsDead(judged, deletes) },
    { title: `${table}: what is deleted is copied, and nothing else`, claim: () => deletedIsCopied(judged, deletes) },
    ...childClaims(judged),
  ];
}

/** One statement judges the rows that it deletes. */
function deletedHasReason(judged: Judged, deletes: Delete): Claim {
  checkCopies(judged);
  const both = subjectOf(judged.reading, judged.policy);
  const { rows, holds, scope } = openDelete(deletes, both.scope);
  const hasReason = not(isNull(meaningOf(reasonIn(deletes), scope)));
  return claimOf(both, [], forAll(rows, implies(holds, hasReason)));
}

function deletedIsDead(judged: Judged, deletes: Delete): Claim {
  const { reading, policy, planned, printed, shape } = judged;
  checkKey(judged);
  const both = subjectOf(reading, policy);
  const table = planned.table.name.toUpperCase();
  const { rows, holds, scope, row } = openDelete(deletes, { ...both.scope, named: named(printed) });
  const [judgedRow, ...more] = rows.filter((one) => one.table === table && one.name !== row);
  if (judgedRow === undefined || more.length > 0) throw new NotUnderstood('the row that was judged', rows);
  const judgement = must(
    scope.items.find(({ names }) => names.includes(shape.reason)),
    'a judgement',
  );
  const isMeant = and(same(row, judgedRow.name), not(isNull(judgement.column(shape.reason))));
  return claimOf(both, keysOf(judged, both), forAll(rows, implies(holds, isMeant)));
}

/** A key that was kept as another type could be that of another row. */
function checkKey({ reading, planned, printed }: Judged): void {
  const columns = reading.own.get(judgedInto(printed) ?? '');
  for (const name of planned.table.primaryKey) {
    const live = planned.table.columns.find((column) => column.name === name)?.type;
    const kept = columns?.get(name)?.type;
    if (live === undefined || live.toLowerCase() !== kept)
      throw new NotUnderstood(`the key ${name} as it is kept`, kept);
  }
}

/** Both go by the same rows of what was judged, and find the same rows of the table. */
function deletedIsCopied(judged: Judged, deletes: Delete): Claim {
  checkCopies(judged);
  const both = subjectOf(judged.reading, judged.policy);
  const { query } = copyOf(judged);
  if (query.kind !== 'select') throw new NotUnderstood('a copy', query);
  const [copied, ...more] = openFrom(query.from, query.where, both.scope);
  const deleted = openDelete(deletes, both.scope);
  const tables = [copied, deleted].map((found) => found?.rows.map(({ table }) => table).join());
  if (copied === undefined || more.length > 0 || tables[0] !== tables[1]) throw new NotUnderstood('a copy', tables);
  const isCopied = copied.rows.reduce(
    (condition: Term, { name }, at) => condition.replaceAll(name, must(deleted.rows[at], 'a row').name),
    copied.holds,
  );
  return claimOf(both, [], forAll(deleted.rows, same(isCopied, deleted.holds)));
}
