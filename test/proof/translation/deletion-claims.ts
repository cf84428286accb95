import type { Claim } from '../../../src/policy/prove/claim.js';
import { compile } from '../../../src/policy/prove/compile.js';
import { and, not, same, type Term } from '../../../src/policy/prove/term.js';
import { claimOf, forAll, forSome, type Judged, type Named } from './judged.js';
import { must, NotUnderstood } from './only.js';
import { openDelete } from './open-delete.js';
import { type Delete, sameText } from './sql.js';
import { policyFollower, policyStep, subjectOf } from './subject.js';

/** What a step deletes: rows that it judged dead, and those that follow them; and nothing else of any table. */
export function deletionClaims(judged: Judged): readonly Named[] {
  const { planned, printed, shape } = judged;
  const deletes = shape.deletes(printed);
  for (const { table } of deletes)
    if (!goes(judged, table)) throw new NotUnderstood('a DELETE of another table', table);
  return [
    ...shape.own(judged),
    ...planned.followers.map((follower, at) => {
      const name = follower.table.name.toUpperCase();
      const before = planned.followers.slice(0, at).filter((one) => one.table.name === follower.table.name).length;
      const follows = must(deletes.filter(({ table }) => table.toUpperCase() === name)[before], `a DELETE of ${name}`);
      const title = `${name}: ${follower.name} is printed as it is meant (by ${follower.on.map(([ours]) => ours)})`;
      return { title, claim: () => followsAsMeant(judged, follows, at) };
    }),
  ];
}

/** Rows of a table may go in a step: of its own, of what follows it or hangs on it, and of deepclean's own tables. */
function goes({ planned, reading }: Judged, table: string): boolean {
  const tables = [planned, ...planned.followers, ...planned.children].map((one) => one.table.name);
  return [...tables, ...reading.own.keys()].some((name) => sameText(name, table));
}

/** Rows of another table go if, and only if, the batch deleted a row that they belong to and nothing keeps them. */
function followsAsMeant(judged: Judged, deletes: Delete, at: number): Claim {
  const { reading, policy, planned, shape } = judged;
  const both = subjectOf(reading, policy);
  const { vocabulary, sight } = both;
  const { rows, holds, row } = openDelete(deletes, both.scope);
  const list = shape.followed(judged).toUpperCase();
  const ofList = must(
    rows.find((one) => one.table === list),
    `a row of ${list}`,
  );
  const line = ofList.name;
  const follower = policyFollower(policyStep(policy, planned), must(planned.followers[at], 'a follower'));
  const agree = follower.on.map(([theirs, ours]): Term => {
    const isThere = and(not(vocabulary.isNull(follower.table, theirs, row)), not(vocabulary.isNull(list, ours, line)));
    return and(isThere, same(vocabulary.value(follower.table, theirs, row), vocabulary.value(list, ours, line)));
  });
  const meant = and(
    vocabulary.isThere(follower.table, row),
    vocabulary.isThere(list, line),
    shape.isOfBatch(line, list, both, judged),
    ...agree,
    compile(follower.guard, follower.table, row, sight).holds,
  );
  const own = [ofList, ...rows.filter((one) => one.name === row)];
  const others = rows.filter((one) => !own.includes(one));
  return claimOf(both, shape.places(rows, both), forAll(own, same(forSome(others, holds), meant)));
}
