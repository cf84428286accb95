import { isLed } from '../../plan/advise.js';
import type { PlannedFollower, PlannedStep } from '../../plan/types.js';
import { indexAlong } from '../../plan/walk.js';
import type { Predicate } from '../../policy/types.js';
import { findColumn, findTable } from '../../schema/find.js';
import type { Table } from '../../schema/types.js';
import { keptValues } from '../kept-values.js';
import { pairOf, type Side, sameValue } from '../pair.js';
import { printPredicate } from '../predicate.js';
import { inProcedure } from './bindings.js';
import type { Context } from './context.js';
import { indexName } from './hints.js';
import { takerOf } from './takers.js';

/** A table whose rows go after those of a step; `c` is its row, `l` a row of the step's list. */
export interface FollowerView {
  readonly table: string;
  readonly tableName: string;
  /** The index that leads to its rows, the primary key's too, or false. */
  readonly index: string | false;
  /** An index leads to its rows. */
  readonly isLed: boolean;
  /** Columns of the list that lead to it, where several rows of the list may lead to the same. */
  readonly leads: readonly string[] | false;
  readonly pairs: readonly string[];
  readonly guard: readonly string[];
  readonly name: string;
  readonly meaning: string;
  readonly backup: string;
  readonly columns: readonly string[];
  /** Its columns as rows of `c`, and of `g` or `deleted`, the rows that went. */
  readonly values: readonly string[];
  readonly goneValues: readonly string[];
  readonly deletedValues: readonly string[];
  /** The local procedure that takes them, if several places do. */
  readonly taker: string | false;
  /** What has the server go along the list, and look them up row by row, with a blank behind it; empty if nothing can. */
  readonly lookUp: string;
}

/** A table whose rows keep followers; `o` is its row, `l` a row of the step's list. */
export interface KeeperView {
  readonly table: string;
  readonly pairs: readonly string[];
  /** Tells which row it is, and by which row of the list it is found. */
  readonly identity: readonly string[];
  /** As of a follower. */
  readonly lookUp: string;
}

export function viewFollowers(step: PlannedStep, context: Context): readonly FollowerView[] | false {
  if (step.followers.length === 0) return false;
  const { qualify, dialect } = context;
  const { identifier } = dialect.expressions;
  return step.followers.map((follower) => {
    const { table, on, guard, name, meaning, backup } = follower;
    const listed = fromList(step, follower, context);
    const plain = { ...inProcedure(step, 'c', context), table };
    const binding = {
      ...plain,
      column: (name: string) => listed(name)?.sql,
      columnType: (name: string) => listed(name)?.live ?? findColumn(table, name),
    };
    const joined = on.map(([column]) => column);
    const isKey = step.list?.key.every(({ name: key }) => on.some(([, ours]) => ours === key)) === true;
    return {
      table: qualify(table.name),
      tableName: table.name,
      index: indexName(indexAlong(table, joined), table, context),
      isLed: isLed(table, joined),
      leads: isKey ? false : on.map(([, ours]) => `l.${identifier(ours)}`),
      pairs: on
        .flatMap(([theirs, ours]) => pairOf(plain, theirs, inList(step, ours, context), true))
        .map((pair, at) => (at === 0 ? pair : `AND ${pair}`)),
      guard: printPredicate(guard, binding),
      name,
      meaning,
      backup: qualify(backup.name),
      columns: backup.columns.map((column) => identifier(column.name)),
      values: keptValues(backup.columns, 'c', dialect.expressions),
      deletedValues: keptValues(backup.columns, 'deleted', dialect.expressions),
      taker: takerOf(table, context),
      lookUp: lookUp('c', table, joined, context),
      goneValues: keptValues(backup.columns, 'g', dialect.expressions),
    };
  });
}

function lookUp(alias: string, table: Table, columns: readonly string[], { dialect }: Context): string {
  const { lookUpInOrder } = dialect.expressions;
  return lookUpInOrder !== undefined && isLed(table, columns) ? `${lookUpInOrder(['l', alias], true)} ` : '';
}

/** A column of the step's list, which has the type of the table's own. */
function inList({ table }: PlannedStep, ours: string, { dialect }: Context): Side {
  const live = findColumn(table, ours);
  return { sql: `l.${dialect.expressions.identifier(ours)}`, ...(live && { live }) };
}

/** The list's own column instead of the follower's, which may be of another character set and lose an index. */
const fromList =
  (step: PlannedStep, { on }: PlannedFollower, context: Context) =>
  (name: string): Side | undefined => {
    const pair = on.find(([theirs]) => theirs.toLowerCase() === name.toLowerCase());
    return pair && inList(step, pair[1], context);
  };

/** Rows that keep followers of a batch, as far as the list leads to them: none may be added until the batch ends. */
export function viewKeepers(step: PlannedStep, context: Context): readonly KeeperView[] | false {
  const { plan, qualify, dialect } = context;
  const keepers = step.followers.flatMap((follower) =>
    conditionsOf(follower.guard).flatMap((condition): readonly KeeperView[] => {
      if (condition.kind !== 'noRow') return [];
      const table = findTable(plan.schema, condition.table);
      const ours = condition.on.map(([theirs, own]) => [theirs, fromList(step, follower, context)(own)] as const);
      if (table === undefined) return [];
      const pairs = ours.flatMap(([theirs, own], at) => {
        const live = findColumn(table, theirs);
        const sql = `o.${dialect.expressions.identifier(live?.name ?? theirs)}`;
        const same = own && sameValue({ sql, ...(live && { live }) }, own, dialect.expressions);
        return same === undefined ? [] : [at === 0 ? same : `AND ${same}`];
      });
      if (pairs.length < ours.length) return [];
      const joined = condition.on.map(([theirs]) => theirs);
      const own = table.primaryKey.length > 0 ? table.primaryKey : joined;
      const identity = [
        ...ours.flatMap(([, listed]) => listed?.sql ?? []),
        ...own.map((name) => `o.${dialect.expressions.identifier(name)}`),
      ];
      return [{ table: qualify(table.name), pairs, identity, lookUp: lookUp('o', table, joined, context) }];
    }),
  );
  const unique = [...new Map(keepers.map((keeper) => [JSON.stringify(keeper), keeper])).values()];
  return unique.length > 0 && unique;
}

const conditionsOf = (guard: Predicate): readonly Predicate[] =>
  guard.kind === 'all' ? guard.of.flatMap(conditionsOf) : [guard];
