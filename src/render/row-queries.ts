import type { Dialect } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import { mustFind } from '../plan/resolve-step.js';
import type { PlannedStep } from '../plan/types.js';
import { columnsUsedBy } from '../policy/columns.js';
import type { Asking } from '../policy/evaluate.js';
import type { History, Predicate, Step } from '../policy/types.js';
import { partsOf } from '../policy/visit.js';
import { findColumn } from '../schema/find.js';
import type { Column, Schema, Table } from '../schema/types.js';
import type { Binding } from './binding.js';
import { pairOf, sideOf } from './pair.js';
import { printPredicate } from './predicate.js';

/** A column that is read, and the name by which rules know it. */
export interface ReadColumn {
  readonly name: string;
  readonly live: Column;
}

/** A query that gives rows of some tables side by side: each level's columns are named by its number. */
export interface RowQuery {
  readonly sql: string;
  readonly levels: readonly (readonly ReadColumn[])[];
}

export interface Reading {
  readonly dialect: Dialect;
  readonly schema: Schema;
  readonly namespace?: string;
  readonly earlier: readonly Step[];
}

type RowAsking = Predicate & { readonly kind: 'noRow' | 'someRow' };
type OwnAsking = History | Extract<Predicate, { readonly kind: 'superseded' | 'alone' }>;

/** All that must be read to judge some rows of a step's table in memory, and no more. */
export interface RowQueries {
  readonly rows: RowQuery;
  /** Rows of other tables that belong to the rows: the last level is what the last of the chain asks for. */
  readonly others: readonly (RowQuery & { readonly chain: readonly RowAsking[] })[];
  /** All rows of the things that the rows belong to, numbered by thing. */
  readonly things: readonly (RowQuery & { readonly asking: OwnAsking })[];
  /** Rows that state a period, whatever row is judged. */
  readonly stated: readonly (RowQuery & { readonly asking: Predicate & { kind: 'outlives' } })[];
  /** When the rows were first seen. */
  readonly sightings: RowQuery | undefined;
}

/** Names of what a query gives beside the levels. */
export const thingColumn = 'thing';
export const seenColumn = 'seen';
export const valueName = (level: number, column: number): string => `v${level}_${column}`;
export const nullName = (level: number, column: number): string => `n${level}_${column}`;

/**
 * Queries for those rows of a step's table for which a condition holds; it is given the alias of the row. `earlier`: steps
 * of the same table, which the rows are asked about as well.
 */
export function rowQueries(
  step: PlannedStep,
  condition: (alias: string) => string,
  { dialect, schema, namespace, earlier }: Reading,
): RowQueries {
  const { rule, table } = step;
  const { expressions } = dialect;
  const qualify = (name: string): string => sqlName(dialect, name, namespace);
  const from = ({ name }: Table, alias: string): string => `${qualify(name)} ${alias}`;
  const at = (of: Table, alias: string): Binding => plainBinding(schema, of, alias, dialect, qualify);
  const own: Level = { table, alias: 't', columns: columnsRead([rule, ...earlier], table, schema) };
  const select = (levels: readonly Level[], more: readonly string[] = []): string =>
    `SELECT ${[...levels.flatMap((level, number) => values(level, number, dialect)), ...more].join(', ')}`;
  const read = (levels: readonly Level[], sql: string): RowQuery => ({
    sql,
    levels: levels.map(({ columns }) => columns),
  });

  const others: (RowQuery & { chain: readonly RowAsking[] })[] = [];
  const follow = (
    asked: RowAsking,
    levels: readonly Level[],
    joins: readonly string[],
    chain: readonly RowAsking[],
  ) => {
    const above = levels.at(-1) ?? own;
    const other = mustFind(schema, asked.table);
    const level = { table: other, alias: `o${levels.length}`, columns: columnsRead([rule], other, schema) };
    const outer = at(above.table, above.alias);
    const exactly = asked.kind === 'noRow' ? asked.exactly === true : asked.byCollation !== true;
    const pairs = asked.on.flatMap(([theirs, ours]) =>
      pairOf(at(other, level.alias), theirs, sideOf(outer, ours), exactly),
    );
    const all = [...levels, level];
    const joined = [...joins, `JOIN ${from(other, level.alias)} ON ${pairs.join(' AND ')}`];
    const sql = [select(all), `FROM ${from(table, 't')}`, ...joined, `WHERE ${condition('t')}`].join('\n');
    others.push({ ...read(all, sql), chain: [...chain, asked] });
    if (asked.where === undefined) return;
    for (const one of askedOfRow(asked.where, asked.table)) follow(mustBeRow(one), all, joined, [...chain, asked]);
  };

  const asked = [
    ...(rule.guard === undefined ? [] : askedOfRow(rule.guard, rule.table)),
    ...rule.reasons.flatMap(({ when }) => askedOfRow(when, rule.table)),
  ];
  for (const one of asked) if (isRowAsking(one)) follow(one, [own], [], []);

  const thing = (asking: OwnAsking): RowQuery & { asking: OwnAsking } => {
    const isHistory = 'of' in asking;
    const names = isHistory ? asking.of : asking.by;
    const row = { ...own, alias: 'n' };
    const sides = names.map((name) => ({ name, side: sideOf(at(table, 't'), name) }));
    const pairs = sides.flatMap(({ name, side }) => pairOf(at(table, 'n'), name, side, !isHistory));
    const byThing = names.map((name) => {
      const { sql, live } = sideOf(at(table, 'n'), name);
      return isHistory ? sql : expressions.exact(sql, live?.family ?? 'other');
    });
    const number = `DENSE_RANK() OVER (ORDER BY ${byThing.join(', ')}) AS ${expressions.identifier(thingColumn)}`;
    const sql = [
      select([row], [number]),
      `FROM ${from(table, 'n')}`,
      `WHERE EXISTS (SELECT 1 FROM ${from(table, 't')} WHERE ${[condition('t'), ...pairs].join(' AND ')})`,
    ].join('\n');
    return { ...read([row], sql), asking };
  };
  const state = (asking: Predicate & { kind: 'outlives' }) => {
    const { periods } = asking;
    const other = mustFind(schema, periods.table);
    const level = { table: other, alias: 'p', columns: columnsRead([rule], other, schema) };
    const where = printPredicate(periods.where, at(other, 'p')).join('\n');
    return { ...read([level], `${select([level])}\nFROM ${from(other, 'p')}\nWHERE ${where}`), asking };
  };
  return {
    rows: read([own], `${select([own])}\nFROM ${from(table, 't')}\nWHERE ${condition('t')}`),
    others,
    things: [
      ...(rule.history === undefined ? [] : [rule.history]),
      ...asked.flatMap((one) => (isOwnAsking(one) ? [one] : [])),
    ].map(thing),
    stated: asked.filter((one) => one.kind === 'outlives').map(state),
    sightings: sightingsOf(),
  };

  function sightingsOf(): RowQuery | undefined {
    const { list } = step;
    if (list?.content !== 'sightings') return undefined;
    const pairs = list.columns.flatMap(({ name }) => pairOf(at(table, 's'), name, sideOf(at(table, 't'), name), true));
    const seen = `${expressions.epoch(`s.${supportColumn(dialect, 'first_seen')}`, 'microseconds')} AS ${expressions.identifier(seenColumn)}`;
    const join = `JOIN ${qualify(list.name)} s ON ${pairs.join(' AND ')}`;
    return read([own], [select([own], [seen]), `FROM ${from(table, 't')}`, join, `WHERE ${condition('t')}`].join('\n'));
  }
}

interface Level {
  readonly table: Table;
  readonly alias: string;
  readonly columns: readonly ReadColumn[];
}

/** Of a table, all that the rules of some steps read of its rows, and what tells them apart. */
function columnsRead(rules: readonly Step[], table: Table, schema: Schema): readonly ReadColumn[] {
  const names = rules
    .flatMap(columnsUsedBy)
    .filter((use) => mustFind(schema, use.table) === table)
    .map(({ column }) => column);
  return [...new Set([...names, ...table.primaryKey])].map((name) => {
    const live = findColumn(table, name);
    if (live === undefined) throw new Error(`no column ${table.name}.${name}, which the plan should have refused`);
    return { name, live };
  });
}

/** A timestamp as microseconds, on the clock that wrote it, and whether it is NULL: some are not, and name no moment. */
function values({ alias, columns }: Level, level: number, dialect: Dialect): readonly string[] {
  const { identifier, timestamp, epoch, compared = (text: string) => text } = dialect.expressions;
  return columns.flatMap(({ live }, number) => {
    const reference = `${alias}.${identifier(live.name)}`;
    const value = (sql: string) => `${sql} AS ${identifier(valueName(level, number))}`;
    const isNull = (otherwise: string) => `CASE WHEN ${reference} IS NULL THEN 1 ELSE ${otherwise} END`;
    if (live.family === 'integer') return [value(reference)];
    if (live.family === 'text') return [value(compared(reference, live))];
    if (live.family !== 'timestamp') return [`${isNull('0')} AS ${identifier(nullName(level, number))}`];
    return [
      value(epoch(timestamp(reference, live), 'microseconds')),
      `${isNull('0')} AS ${identifier(nullName(level, number))}`,
    ];
  });
}

/** What a rule asks of a row for which other rows must be read; what it asks of those is not among it. */
function askedOfRow(rule: Predicate, table: string): readonly Extract<Asking, Predicate>[] {
  switch (rule.kind) {
    case 'noRow':
    case 'someRow':
    case 'outlives':
    case 'superseded':
    case 'alone':
      return [rule];
    default:
      return partsOf(rule, table).flatMap(([part, of]) => askedOfRow(part, of));
  }
}

const isRowAsking = (asking: Asking): asking is RowAsking =>
  'kind' in asking && (asking.kind === 'noRow' || asking.kind === 'someRow');

const isOwnAsking = (asking: Asking): asking is OwnAsking => !isRowAsking(asking) && !('periods' in asking);

function mustBeRow(asking: Asking): RowAsking {
  if (isRowAsking(asking)) return asking;
  throw new Error('what only a row of the cleaned table can be asked is asked of another, which the checks refuse');
}

/** A rule that knows no run: where a condition on other rows is printed, which compares with no cut-off and no setting. */
function plainBinding(
  schema: Schema,
  table: Table,
  alias: string,
  { expressions }: Dialect,
  qualify: (name: string) => string,
): Binding {
  const refuse = (name: string): never => {
    throw new Error(`${name} is asked for where rows are only read`);
  };
  return {
    schema,
    table,
    alias,
    expressions,
    cutOff: refuse,
    parameter: refuse,
    epoch: refuse,
    tableName: ({ name }) => qualify(name),
    firstSeen: '',
    beside: { newest: '', rows: '', staying: '' },
  };
}
