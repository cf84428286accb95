import type { PlannedChild } from '../../../../src/plan/types.js';
import type { Claim } from '../../../../src/policy/prove/claim.js';
import { and, implies, same } from '../../../../src/policy/prove/term.js';
import { askedChildren } from '../../../../src/render/view/batch.js';
import { claimOf, forAll, type Judged, type Named } from '../judged.js';
import { compare } from '../meaning/compare.js';
import { must, NotUnderstood } from '../only.js';
import { openDelete } from '../open-delete.js';
import { type Delete, sameText } from '../sql.js';
import { subjectOf } from '../subject.js';
import { deletesOf } from './batch.js';
import { judgedInto } from './content.js';

/** Child rows go if, and only if, their keys lead to a row that was judged dead. */
export function childClaims(judged: Judged): readonly Named[] {
  const { children } = judged.planned;
  return children.map((child, at) => {
    const name = child.table.name.toUpperCase();
    const before = children.slice(0, at).filter((one) => sameText(one.table.name, child.table.name)).length;
    const deletes = must(deletesOf(judged.printed, name)[before], `a DELETE of ${name}`);
    const title = `${name}: goes with its ${judged.planned.table.name.toUpperCase()}`;
    return {
      title: `${title} (by ${child.path.map(({ foreignKey }) => foreignKey.columns.join(', ')).join(' of ')})`,
      claim: () => goesAsMeant(judged, child, deletes),
    };
  });
}

function goesAsMeant(judged: Judged, child: PlannedChild, deletes: Delete): Claim {
  const both = subjectOf(judged.reading, judged.policy);
  const { world, vocabulary } = both;
  const { rows, holds, row } = openDelete(deletes, both.scope);
  const into = must(judgedInto(judged.printed), 'a judgement').toUpperCase();
  // From the judgement down to the child, which is the one that goes.
  const links = [...child.path].reverse();
  const expected = [into, ...links.map(({ table }) => table.name.toUpperCase())];
  if (rows.map(({ table }) => table).join() !== expected.join() || rows.at(-1)?.name !== row)
    throw new NotUnderstood('the way to a child', rows);
  const { table } = child;
  if (deletes.byKey && !table.primaryKey.every((name) => deletes.byKey?.some((one) => sameText(one, name))))
    throw new NotUnderstood(`rows of ${table.name} that are found again without their key`, deletes.byKey);
  const belongs = links.flatMap(({ foreignKey }, at) => {
    const [parent, own] = [must(rows[at], 'a parent'), must(rows[at + 1], 'a child')];
    return foreignKey.columns.map((column, part) => {
      const referenced = must(foreignKey.referencedColumns[part], 'a column');
      const theirs = world.column(parent.table, referenced, parent.name);
      return compare('=', world.column(own.table, column, own.name), theirs, world).holds;
    });
  });
  const areThere = rows.map(({ table, name }) => vocabulary.isThere(table, name));
  const meant = and(...areThere, ...belongs);
  // Rows that keep their parent may stay: it was judged by them, and its foreign key refuses to let it go alone.
  const mayStay = askedChildren(judged.planned).some(({ table }) => table === links[0]?.table);
  return claimOf(both, [], forAll(rows, mayStay ? implies(holds, meant) : same(holds, meant)));
}
