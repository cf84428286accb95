import type { Claim } from '../../../src/policy/prove/claim.js';
import { compile } from '../../../src/policy/prove/compile.js';
import { and, implies, not, same, type Term } from '../../../src/policy/prove/term.js';
import { claimOf, forAll, type Judged, type Named } from './judged.js';
import { openFrom } from './meaning/query.js';
import type { Scope } from './meaning/scope.js';
import { isNull } from './meaning/value.js';
import { must, NotUnderstood } from './only.js';
import type { Delete } from './sql.js';
import { policyFollower, policyStep, subjectOf } from './subject.js';

/** What a step deletes: rows that it judged dead, and those that follow them; and nothing else of any table. */
export function deletionClaims(judged: Judged): readonly Named[] {
  const { planned, printed, shape } = judged;
  const table = planned.table.name.toUpperCase();
  const [own, ...more] = shape.deletes(printed, table);
  if (own === undefined || more.length > 0) throw new NotUnderstood(`one DELETE of ${table}`, more);
  return [
    { title: `${table}: what is deleted was judged dead`, claim: () => deletedIsDead(judged, own) },
    ...planned.followers.map((follower, at) => {
      const name = follower.table.name.toUpperCase();
      const before = planned.followers.slice(0, at).filter((one) => one.table.name === follower.table.name).length;
      const deletes = must(shape.deletes(printed, name)[before], `a DELETE of ${name}`);
      const title = `${name}: ${follower.name} is printed as it is meant (by ${follower.on.map(([ours]) => ours)})`;
      return { title, claim: () => followsAsMeant(judged, deletes, at) };
    }),
  ];
}

function opened({ from, where, table, alias }: Delete, scope: Scope) {
  const [found, ...more] = openFrom(from, where, scope);
  if (found === undefined || more.length > 0) throw new NotUnderstood('a DELETE', from);
  const at = from.findIndex((source) => source.alias === alias);
  const row = must(found.rows[at], 'the row that is deleted');
  if (row.table !== table.toUpperCase()) throw new NotUnderstood('the table of a DELETE', table);
  return { ...found, row: row.name };
}

function deletedIsDead(judged: Judged, deletes: Delete): Claim {
  const { reading, policy, planned, printed, shape } = judged;
  const both = subjectOf(reading, policy);
  const table = planned.table.name.toUpperCase();
  const { rows, holds, scope, row } = opened(deletes, { ...both.scope, named: shape.named(printed) });
  const others = rows.filter((one) => one.table === table && one.name !== row);
  const judgedRow = must(others[0], 'the row that was judged');
  const judgement = must(
    scope.items.find(({ names }) => names.includes(shape.reason)),
    'a judgement',
  );
  const isMeant = and(
    same(row, judgedRow.name),
    not(isNull(judgement.column(shape.reason))),
    shape.deletesRows(both.world),
  );
  return claimOf(both, shape.facts(table, both), forAll(rows, implies(holds, isMeant)));
}

/** Rows of another table go if, and only if, the batch deleted a row that they belong to and nothing keeps them. */
function followsAsMeant(judged: Judged, deletes: Delete, at: number): Claim {
  const { reading, policy, planned, shape } = judged;
  const both = subjectOf(reading, policy);
  const { vocabulary, sight } = both;
  const { rows, holds, row } = opened(deletes, both.scope);
  const list = must(planned.list, 'a list').name.toUpperCase();
  const line = must(
    rows.find((one) => one.table === list),
    'a row of the list',
  ).name;
  const follower = policyFollower(policyStep(policy, planned), must(planned.followers[at], 'a follower'));
  const agree = follower.on.map(([theirs, ours]): Term => {
    const isThere = and(not(vocabulary.isNull(follower.table, theirs, row)), not(vocabulary.isNull(list, ours, line)));
    return and(isThere, same(vocabulary.value(follower.table, theirs, row), vocabulary.value(list, ours, line)));
  });
  const meant = and(
    vocabulary.isThere(follower.table, row),
    vocabulary.isThere(list, line),
    shape.isOfBatch(line, list, both),
    ...agree,
    compile(follower.guard, follower.table, row, sight).holds,
  );
  return claimOf(both, [], forAll(rows, same(holds, meant)));
}
