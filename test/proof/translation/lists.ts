import type { Claim } from '../../../src/policy/prove/claim.js';
import { guardOf, isDead } from '../../../src/policy/prove/step.js';
import { and, forEach, implies, or, same, type Term, thereIs } from '../../../src/policy/prove/term.js';
import { claimOf, forSome, type Judged, type Named } from './judged.js';
import { sameOrNull } from './meaning/compare.js';
import { open } from './meaning/query.js';
import type { OpenRow } from './meaning/scope.js';
import { must, NotUnderstood } from './only.js';
import type { Insert } from './sql.js';
import { policyStep, type Subject, subjectOf } from './subject.js';

/** What fills the step's list. */
function insertOf({ planned, printed }: Judged): Insert {
  const inserts = printed.listing.flatMap(({ does }) => (does.kind === 'insert' ? [does] : []));
  const [insert, ...more] = inserts.filter(({ table }) => table.toUpperCase() === planned.list?.name.toUpperCase());
  if (insert === undefined || more.length > 0) throw new NotUnderstood('what makes the list', inserts);
  return insert;
}

/** What is on the list came there as the file says. */
export function isFresh(judged: Judged, rows: readonly OpenRow[], { scope, world }: Subject): Term {
  const line = rows.find(({ table }) => table === judged.planned.list?.name.toUpperCase());
  // Sightings are of earlier runs.
  if (line === undefined || judged.planned.list?.content !== 'keys') return 'true';
  const { query, columns } = insertOf(judged);
  return or(
    ...open(query, scope).map((source) => {
      const values = source.values();
      const equal = columns.flatMap((column, at) => {
        const value = must(values[at], `a value of ${column}`);
        // Which line of the list it is.
        return value.kind === 'thing' ? [] : [sameOrNull(world.column(line.table, column, line.name), value, world)];
      });
      return forSome(source.rows, and(source.holds, ...equal));
    }),
  );
}

/** What a policy calls seen by an earlier run is a row of the step's list of sightings. */
export function sightings({ planned }: Judged, { world, vocabulary }: Subject): readonly Term[] {
  const { list, rule } = planned;
  if (list?.content !== 'sightings') return [];
  const name = list.name.toUpperCase();
  const line = vocabulary.anyRow(name);
  const columns = list.columns.map((column) => column.name.toUpperCase());
  const what = `${rule.table}.${columns.join(', ')}`;
  const valuesOf = (row: Term) => columns.map((column) => vocabulary.value(name, column, row));
  const seen = (values: readonly Term[]): Term => vocabulary.property(`an earlier run saw ${what}`, ...values);
  const when = world.column(name, 'first_seen', line.name);
  if (when.kind !== 'instant') throw new NotUnderstood('when it was seen', when);
  const row = vocabulary.anyRow(rule.table);
  const any = columns.map((column) => vocabulary.value(rule.table, column, row.name));
  const first = vocabulary.image(`when a run first saw ${what}`, ...any);
  // Exactly, whatever the list's own key takes for the same: only the row itself was seen.
  const isIt = and(
    vocabulary.isThere(name, line.name),
    ...valuesOf(line.name).map((noted, at) => same(noted, any[at] ?? '')),
  );
  return [
    forEach(line, forEach(row, implies(isIt, and(seen(any), same(when.of, first))))),
    forEach(row, implies(seen(any), thereIs(line, isIt))),
  ];
}

/** The table's key tells its rows apart, by which a list finds the newest row of a group again. */
function oneOfEachKey({ planned: { table } }: Judged, { world, vocabulary }: Subject): readonly Term[] {
  if (table.primaryKey.length === 0) return [];
  const name = table.name.toUpperCase();
  const [one, other] = [vocabulary.anyRow(name), vocabulary.anyRow(name)];
  const alike = table.primaryKey.map((column) =>
    sameOrNull(world.column(name, column, one.name), world.column(name, column, other.name), world),
  );
  const both = and(vocabulary.isThere(name, one.name), vocabulary.isThere(name, other.name), ...alike);
  return [forEach(one, forEach(other, implies(both, same(one.name, other.name))))];
}

/** That a step's list names all that is dead, and nothing else. */
export function listClaims(judged: Judged): readonly Named[] {
  const { reading, policy, planned } = judged;
  const { list } = planned;
  if (list === undefined) return [];
  const { history: _, ...step } = policyStep(policy, planned);
  const table = planned.table.name.toUpperCase();
  const columns = list.columns.map(({ name }) => name.toUpperCase());
  const claim = (): Claim => {
    const both = subjectOf(reading, policy);
    const { vocabulary, world, sight } = both;
    const row = vocabulary.row(table, `the row of ${table}`);
    const { query, columns: filled } = insertOf(judged);
    const isListed = or(
      ...open(query, both.scope).map((source) => {
        const values = source.values();
        const equal = filled.flatMap((column, at) =>
          columns.includes(column.toUpperCase())
            ? [sameOrNull(world.column(table, column, row), must(values[at], column), world)]
            : [],
        );
        return forSome(source.rows, and(source.holds, ...equal));
      }),
    );
    const other = vocabulary.anyRow(table);
    const alike = columns.map((column) =>
      sameOrNull(world.column(table, column, row), world.column(table, column, other.name), world),
    );
    const meant =
      list.content === 'keys'
        ? isDead(step, other.name, sight)
        : and(vocabulary.isThere(table, other.name), guardOf(step, other.name, sight).holds);
    const isMeant = thereIs(other, and(meant, ...alike));
    const conclusion = list.content === 'keys' ? same(isListed, isMeant) : implies(isListed, isMeant);
    const given = [...judged.shape.goesOn(world), vocabulary.isThere(table, row), ...oneOfEachKey(judged, both)];
    return claimOf(both, given, conclusion);
  };
  const title =
    list.content === 'keys'
      ? `${table}: the list names all that is dead, and nothing else`
      : `${table}: seen is only a row for which the guard holds`;
  return [{ title, claim }];
}
