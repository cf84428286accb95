import { must, NotUnderstood } from '../only.js';
import type { ProcedureStep } from '../procedure.js';
import type { Delete, Expression, Insert, Query, Select, Update } from '../sql.js';

/** The table variable that a batch judges rows into, if it has one. */
export function judgedInto({ batch }: ProcedureStep): string | undefined {
  const inserts = batch.flatMap(({ does }) => (does.kind === 'insert' && does.table.startsWith('@') ? [does] : []));
  const [insert, ...more] = inserts;
  if (more.length > 0) throw new NotUnderstood('a second judgement', more);
  return insert?.table;
}

/** A column that says of each row that is judged whether it is in the table. */
const isThere = 'is there';

const columnOf = (alias: string, name: string): Expression => ({ kind: 'column', path: [alias, name] });

/** What a table variable holds once all is done that fills and changes it, as a query of the tables that it was filled from. */
export const contentOf = (step: ProcedureStep, table: string): Query => present(judgedRows(step, table));

/** All rows that were judged for it; one that is not in it has no reason. */
export function reasonsOf(step: ProcedureStep, table: string, reason: string): Query {
  const rows = judgedRows(step, table);
  const columns = namesOf(rows).map((name) => {
    const own = columnOf('x', name);
    const kept: Expression = { kind: 'case', arms: [{ when: columnOf('x', isThere), result: own }] };
    return { name, value: name === reason ? kept : own };
  });
  return { kind: 'select', columns, from: [{ alias: 'x', of: { query: rows } }] };
}

function judgedRows(step: ProcedureStep, table: string): Select {
  const of = step.batch.map(({ does }) => does);
  const changes = of.filter((does) => 'table' in does && does.table === table);
  const [insert, ...more] = changes;
  if (insert?.kind !== 'insert') throw new NotUnderstood('what fills a table variable', insert);
  const first = of.indexOf(insert);
  if (changes.some((change, at) => of[first + at] !== change))
    throw new NotUnderstood('a judgement that is changed later', changes);
  return more.reduce((rows: Select, change) => {
    if (change.kind === 'delete') return without(rows, change);
    if (change.kind === 'update') return updated(rows, change);
    throw new NotUnderstood('a change of a table variable', change);
  }, filledBy(insert));
}

const always: Expression = { kind: 'literal', value: true };

const namesOf = ({ columns }: Select): readonly string[] =>
  columns.flatMap(({ name }) => (name === undefined || name === isThere ? [] : [name]));

function present(rows: Select): Query {
  const columns = namesOf(rows).map((name) => ({ name, value: columnOf('x', name) }));
  return { kind: 'select', columns, from: [{ alias: 'x', of: { query: rows } }], where: columnOf('x', isThere) };
}

function filledBy({ columns, query }: Insert): Select {
  if (query.kind !== 'select' || query.columns.length !== columns.length) throw new NotUnderstood('columns', query);
  const named = query.columns.map((output, at) => {
    if (output.name === undefined) throw new NotUnderstood('a column', output);
    return { name: must(columns[at], 'a column'), value: output.value };
  });
  return { kind: 'select', columns: [...named, { name: isThere, value: query.where ?? always }], from: query.from };
}

/** The rows again, with some columns otherwise. */
function again(rows: Select, alias: string, changed: ReadonlyMap<string, Expression>): Select {
  const columns = [...namesOf(rows), isThere].map((name) => ({
    name,
    value: changed.get(name) ?? columnOf(alias, name),
  }));
  return { kind: 'select', columns, from: [{ alias, of: { query: rows } }] };
}

function without(rows: Select, { table, alias, from, where = always }: Delete): Select {
  if (from.length !== 1) throw new NotUnderstood('a DELETE of what was judged', from);
  const goes: Expression = { kind: 'isTrue', of: withTable(where, table, present(rows)) };
  const stays: Expression = { kind: 'and', of: [columnOf(alias, isThere), { kind: 'not', of: goes }] };
  return again(rows, alias, new Map([[isThere, stays]]));
}

function updated(rows: Select, { table, alias, from, sets = [], where = always }: Update): Select {
  if (alias === undefined || from?.length !== 1) throw new NotUnderstood('an UPDATE', from);
  const changed = sets.map(({ column, value }): [string, Expression] => {
    const [when, result] = [where, value].map((part) => withTable(part, table, present(rows)));
    const arms = [{ when: must(when, 'a condition'), result: must(result, 'a value') }];
    return [column, { kind: 'case', arms, otherwise: columnOf(alias, column) }];
  });
  return again(rows, alias, new Map(changed));
}

/** The same, with a query in place of a table. */
function withTable<Part>(part: Part, table: string, query: Query): Part {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) return part.map((one) => withTable(one, table, query)) as Part;
  const entries = Object.entries(part).map(([name, value]): [string, unknown] => [
    name,
    name === 'of' && isTable(value, table) ? { query } : withTable(value, table, query),
  ]);
  return Object.fromEntries(entries) as Part;
}

const isTable = (value: unknown, table: string): boolean =>
  typeof value === 'object' && value !== null && 'table' in value && value.table === table;
