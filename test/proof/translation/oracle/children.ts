import type { PlannedChild } from '../../../../src/plan/types.js';
import type { Claim } from '../../../../src/policy/prove/claim.js';
import { and, implies, same, type Term } from '../../../../src/policy/prove/term.js';
import { claimOf, forAll, type Judged, type Named } from '../judged.js';
import { compare } from '../meaning/compare.js';
import type { OpenRow } from '../meaning/scope.js';
import { must, NotUnderstood } from '../only.js';
import { openDelete } from '../open-delete.js';
import { type Delete, sameText } from '../sql.js';
import { type Subject, subjectOf } from '../subject.js';
import { copyOf, deletesIn, ownDelete, places, spans } from './batch.js';
import { copiedAs, copiesClaim, identical, openCopy } from './copies.js';
import { deletesRows } from './given.js';

/** Of each child table those rows go, and all of them, that hang on a row which the batch deletes; each is copied. */
export function childClaims(judged: Judged): readonly Named[] {
  const { planned, printed } = judged;
  return planned.children.flatMap((child, at) => {
    const name = child.table.name.toUpperCase();
    const before = planned.children.slice(0, at).filter(({ table }) => sameText(table.name, name)).length;
    const deletes = deletesIn(printed).filter(({ table }) => sameText(table, name));
    const gone = must(deletes[before], `a DELETE of ${name}`);
    const through = child.path.map(({ foreignKey }) => foreignKey.columns).join(' and ');
    return [
      {
        title: `${name}: what hangs on a deleted row goes, and nothing else (by ${through})`,
        claim: () => hangs(judged, child, gone),
      },
      copiesClaim(judged, gone, child.backup),
    ];
  });
}

function hangs(judged: Judged, child: PlannedChild, gone: Delete): Claim {
  const both = subjectOf(judged.reading, judged.policy);
  const { planned, printed } = judged;
  const deleted = openDelete(gone, both.scope);
  const copies = copyOf(printed, ownDelete(printed, planned), planned.backup.name);
  const copy = openCopy(copies, both);
  const backup = planned.backup.name.toUpperCase();
  const kept = must(
    deleted.rows.find(({ table }) => table === backup),
    'a copy',
  ).name;
  const [parent] = copy.rows.filter(({ table }) => table === planned.table.name.toUpperCase());
  const row = must(parent, 'a row that is copied').name;
  // The copy that leads to the child was made of this row.
  const isCopy = and(
    both.vocabulary.isThere(backup, kept),
    copy.holds,
    copiedAs(copies, copy, planned.backup, row, both),
    ...keptColumns(judged, kept, row, both),
  );
  const [own, ...found] = deleted.rows.filter(({ name }) => name !== kept);
  const way = chain(child, must(own, 'a child'), found, row, both);
  const meant = and(way, deletesRows(both.world));
  const all = [...deleted.rows, ...copy.rows];
  const assumed = places(all, both);
  const isOfBatch = and(isOfRun(judged, kept, both), spans(kept, backup, both, printed, planned));
  const conclusion = and(implies(deleted.holds, isOfBatch), implies(isCopy, same(deleted.holds, meant)));
  return claimOf(both, assumed, forAll(all, conclusion));
}

function isOfRun({ planned }: Judged, kept: Term, { world, scope }: Subject): Term {
  const runId = must(scope.variable(['V_RUN', 'RUN_ID']), 'a run');
  return identical(world.column(planned.backup.name.toUpperCase(), 'RUN_ID', kept), runId);
}

/** A row of the backup holds what was put there. */
function keptColumns(judged: Judged, kept: Term, row: Term, subject: Subject): readonly Term[] {
  const { name, columns, source } = judged.planned.backup;
  const { world } = subject;
  return [
    isOfRun(judged, kept, subject),
    ...columns.map((column) =>
      identical(
        world.column(name.toUpperCase(), column.name, kept),
        world.column(source.name.toUpperCase(), column.name, row),
      ),
    ),
  ];
}

/** The child is the one that was found, and refers to the row through those between. */
function chain(
  { path, table }: PlannedChild,
  own: OpenRow,
  found: readonly OpenRow[],
  row: Term,
  { world, vocabulary }: Subject,
): Term {
  const names = [...path.map((one) => one.table.name.toUpperCase())].reverse();
  // From the row's own children down to the child, as they are joined.
  if (found.map((one) => one.table).join() !== names.join()) throw new NotUnderstood('a way to children', found);
  const downward = [...path].reverse();
  const keys = downward.flatMap(({ foreignKey, table: of }, at): readonly Term[] => {
    const child = must(found[at], of.name);
    const [parent, parentTable] =
      at === 0 ? [row, foreignKey.references] : [must(found[at - 1], 'a parent').name, foreignKey.references];
    return foreignKey.columns.map(
      (column, i) =>
        compare(
          '=',
          world.column(child.table, column, child.name),
          world.column(parentTable.toUpperCase(), foreignKey.referencedColumns[i] ?? column, parent),
          world,
        ).holds,
    );
  });
  const last = must(found.at(-1), table.name);
  const there = [own, ...found].map((one) => vocabulary.isThere(one.table, one.name));
  return and(same(own.name, last.name), ...there, ...keys);
}
