import type { Claim } from '../../../../src/policy/prove/claim.js';
import { and, implies, not, same } from '../../../../src/policy/prove/term.js';
import { claimOf, forAll, type Judged, keysOf, type Named } from '../judged.js';
import { compare, sameOrNull } from '../meaning/compare.js';
import { open } from '../meaning/query.js';
import { isNull } from '../meaning/value.js';
import { must, NotUnderstood } from '../only.js';
import { openDelete } from '../open-delete.js';
import type { Delete, Insert } from '../sql.js';
import { subjectOf } from '../subject.js';
import { copyOf, deletesOf } from './batch.js';

/** A step copies the rows that it judged dead, and deletes those that it copied. */
export function own(judged: Judged): readonly Named[] {
  const { planned, printed } = judged;
  const table = planned.table.name.toUpperCase();
  const [deletes, ...more] = deletesOf(printed, table);
  if (deletes === undefined || more.length > 0) throw new NotUnderstood(`one DELETE of ${table}`, more);
  const copies = copyOf(printed, planned);
  return [
    { title: `${table}: what is copied was judged dead`, claim: () => copiedIsDead(judged, copies) },
    { title: `${table}: what is deleted was copied by this run`, claim: () => deletedIsCopied(judged, deletes) },
  ];
}

function copiedIsDead(judged: Judged, { query, columns }: Insert): Claim {
  const both = subjectOf(judged.reading, judged.policy);
  const { name, primaryKey } = judged.planned.table;
  const table = name.toUpperCase();
  const [found, ...more] = open(query, both.scope);
  if (found === undefined || more.length > 0) throw new NotUnderstood('a copy', query);
  const values = found.values();
  const copied = (column: string) => must(values[columns.findIndex((one) => one.toUpperCase() === column)], column);
  // The row is read where it is judged, and may be read once more by its key.
  const [read, again = read] = found.rows.filter((row) => row.table === table);
  const row = must(read, `a row of ${table}`).name;
  const isIt = primaryKey.map((column) =>
    sameOrNull(copied(column.toUpperCase()), both.world.column(table, column, row), both.world),
  );
  const isMeant = and(same(row, must(again, table).name), not(isNull(copied('REASON'))), ...isIt);
  return claimOf(both, keysOf(judged, both), forAll(found.rows, implies(found.holds, isMeant)));
}

/** Whose key is that of a copy of this run, in the range of the batch. */
function deletedIsCopied(judged: Judged, deletes: Delete): Claim {
  const both = subjectOf(judged.reading, judged.policy);
  const { world, scope } = both;
  const { planned } = judged;
  const table = planned.table.name.toUpperCase();
  const copies = planned.backup.name.toUpperCase();
  const { rows, holds, row } = openDelete(deletes, scope);
  const copy = must(
    rows.find((one) => one.table === copies),
    'a copy',
  ).name;
  if (planned.table.primaryKey.length === 0) throw new NotUnderstood('a table without a key', table);
  const runId = must(scope.variable(['v_run_id']), 'a run');
  const agree = planned.table.primaryKey.map(
    (column) => compare('=', world.column(table, column, row), world.column(copies, column, copy), world).holds,
  );
  const ofRun = compare('=', world.column(copies, 'RUN_ID', copy), runId, world).holds;
  return claimOf(both, [], forAll(rows, implies(holds, and(ofRun, ...agree))));
}
