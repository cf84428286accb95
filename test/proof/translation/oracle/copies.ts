import type { BackupTable } from '../../../../src/plan/types.js';
import type { Claim } from '../../../../src/policy/prove/claim.js';
import { and, implies, no, not, or, same, type Term } from '../../../../src/policy/prove/term.js';
import { claimOf, forAll, type Judged, type Named } from '../judged.js';
import { type Opened, open } from '../meaning/query.js';
import type { OpenRow } from '../meaning/scope.js';
import { inSameParts, isNull, type Value } from '../meaning/value.js';
import { must, NotUnderstood } from '../only.js';
import { openDelete } from '../open-delete.js';
import type { Delete, Insert } from '../sql.js';
import { type Subject, subjectOf } from '../subject.js';
import { copyOf, places } from './batch.js';

/** A row that a DELETE takes was copied with all its columns, under the number of the run. */
export function copiesClaim(judged: Judged, gone: Delete, backup: BackupTable): Named {
  const table = gone.table.toUpperCase();
  const copies = copyOf(judged.printed, gone, backup.name);
  return {
    title: `${table}: what is deleted was copied as it is`,
    claim: () => goneIsCopied(judged, gone, copies, backup),
  };
}

function goneIsCopied(judged: Judged, gone: Delete, copies: Insert, backup: BackupTable): Claim {
  const both = subjectOf(judged.reading, judged.policy);
  const deleted = openDelete(gone, both.scope);
  const copy = openCopy(copies, both);
  // Of the rows that the INSERT reads, those that the DELETE read.
  const isIt = pairs(deleted.rows, copy.rows);
  const copied = and(copy.holds, copiedAs(copies, copy, backup, deleted.row, both));
  const all = [...deleted.rows, ...copy.rows];
  return claimOf(both, places(all, both), forAll(all, implies(and(deleted.holds, isIt), copied)));
}

export function openCopy({ query }: Insert, { scope }: Subject): Opened {
  const [found, ...more] = open(query, scope);
  if (found === undefined || more.length > 0) throw new NotUnderstood('a copy', query);
  return found;
}

function pairs(ones: readonly OpenRow[], others: readonly OpenRow[]): Term {
  if (ones.map(({ table }) => table).join() !== others.map(({ table }) => table).join()) {
    throw new NotUnderstood('a copy of other rows than are deleted', [ones, others]);
  }
  return and(...ones.map(({ name }, at) => same(name, must(others[at], 'a row').name)));
}

/** What is put into each column of the backup is what stands in the row. */
export function copiedAs(
  { columns }: Insert,
  copy: Opened,
  { source, columns: wanted }: BackupTable,
  row: Term,
  { world, scope }: Subject,
): Term {
  const values = copy.values();
  const valueIn = (name: string): Value =>
    must(values[columns.findIndex((column) => column.toUpperCase() === name.toUpperCase())], `a value of ${name}`);
  const runId = must(scope.variable(['V_RUN', 'RUN_ID']), 'a run');
  const table = source.name.toUpperCase();
  return and(
    identical(valueIn('RUN_ID'), runId),
    ...wanted.map(({ name }) => identical(valueIn(name), world.column(table, name, row))),
  );
}

/** Not only what the server takes for the same. */
export function identical(one: Value, other: Value): Term {
  const missing = and(isNull(one), isNull(other));
  const there = not(or(isNull(one), isNull(other)));
  if (one.kind === 'number' && other.kind === 'number') {
    const [first, second] = inSameParts(one, other);
    return or(missing, and(there, same(first, second)));
  }
  // Also what no rule can read.
  if (one.kind !== other.kind || !('of' in one) || !('of' in other)) return no;
  return or(missing, and(there, same(must(one.of, 'a value'), must(other.of, 'a value'))));
}
