import type { Dialect } from '../dialects/dialect.js';
import type { Step } from '../policy/types.js';
import { rulesOf } from '../policy/visit.js';
import { findColumn } from '../schema/find.js';
import type { Column, Table } from '../schema/types.js';
import { listWords } from './names.js';
import type { PlannedList, Walk } from './types.js';

/** How the dialect goes through a table: along a list, by blocks, along a key or an index, or without any. */
export function chooseWalk(table: Table, list: PlannedList | undefined, dialect: Dialect): Walk {
  // Sightings are looked up for each row where the table itself can be gone through.
  const isAskedPerRow = list?.content === 'sightings' && dialect.capabilities.walk === 'physical';
  const along = isAskedPerRow ? undefined : list?.columns[0];
  if (along !== undefined) {
    const index = indexAlong(table, list?.key.map(({ name }) => name) ?? []);
    return { kind: 'list', column: along, ...(index !== undefined && { index }) };
  }
  if (dialect.capabilities.walk === 'physical') return { kind: 'physical' };
  const [key] = table.primaryKey;
  const column = key === undefined ? undefined : findColumn(table, key);
  const ordered = column !== undefined && !table.unorderedKey && hasOrder(column, dialect) ? column : undefined;
  if (ordered !== undefined && !isTenant(ordered.name)) return { kind: 'key', column: ordered };
  const index = indexToWalk(table, dialect);
  if (index !== undefined) return { kind: 'key', ...index };
  return ordered === undefined ? { kind: 'limit' } : { kind: 'key', column: ordered };
}

/** Shown in a session's zone, timestamps repeat an hour in autumn, in which no range has an end. */
const hasOrder = (column: Column, { expressions }: Dialect): boolean => !expressions.convertsBySession(column);

/** A column of few values: a range of it that is closed by value may be most of the table. */
export const isTenant = (column: string): boolean => /tenant_id$/i.test(column);

/** The key of which only what follows the tenant tells rows apart. */
const beginsWithTenant = ({ primaryKey: [first, ...more] }: Table): boolean =>
  first !== undefined && isTenant(first) && more.some((column) => !isTenant(column));

/** An index to go along where the key is none or begins with a tenant: of a key's column, or of when a row was stamped. */
function indexToWalk(table: Table, dialect: Dialect): { column: Column; index: string } | undefined {
  const leads = table.indexes.flatMap(({ name, columns: [first], unordered }) => {
    const column = first === undefined || unordered ? undefined : findColumn(table, first);
    // A row with NULL there would be passed over.
    if (column === undefined || column.nullable || isTenant(column.name) || !hasOrder(column, dialect)) return [];
    return [{ column, index: name }];
  });
  const isKey = ({ column }: { column: Column }) => table.primaryKey.includes(column.name);
  const isTimestamp = ({ column }: { column: Column }) => column.family === 'timestamp';
  // Of a table with a key it is known that there is a better way than a column of few values, such as a state.
  return table.primaryKey.length > 0
    ? (leads.find(isKey) ?? leads.find(isTimestamp))
    : leads.find(({ column: { family } }) => family !== 'other');
}

/** The list that a run makes before it goes through the table, where the rule needs one. */
export function planList(
  step: Step,
  table: Table,
  dialect: Dialect,
  name: (name: string) => string,
): PlannedList | undefined {
  const columns = (names: readonly string[]): readonly Column[] =>
    [...new Set(names.map((one) => findColumn(table, one)))].filter((column) => column !== undefined);
  const rules = rulesOf(step).map(([rule]) => rule);
  const sighted = rules.find((rule) => rule.kind === 'sighted');
  if (sighted !== undefined) {
    const seen = columns(sighted.columns);
    return { name: name(`${listWords.sightings}${table.name}`), content: 'sightings', columns: seen, key: seen };
  }
  const [first] = step.history?.of ?? [];
  if (first !== undefined) {
    return {
      name: name(`${listWords.dead}${table.name}`),
      content: 'keys',
      columns: columns([first]),
      key: columns([first]),
    };
  }
  const key = columns(table.primaryKey);
  if (step.followers !== undefined) {
    const led = step.followers.flatMap(({ on }) => on.map(([, ours]) => ours));
    return {
      name: name(`${listWords.dead}${table.name}`),
      content: 'keys',
      columns: columns([...table.primaryKey, ...led]),
      key,
    };
  }
  const tellingFirst = [...key.filter((column) => !isTenant(column.name)), ...key.filter(({ name: n }) => isTenant(n))];
  const superseded = rules.find((rule) => rule.kind === 'superseded');
  const [witness] = superseded === undefined ? [] : columns([superseded.order]);
  const needed =
    witness !== undefined ||
    rules.some((rule) => rule.kind === 'alone') ||
    ((beginsWithTenant(table) || table.unorderedKey === true) &&
      dialect.capabilities.walk === 'key' &&
      indexToWalk(table, dialect) === undefined);
  return needed
    ? {
        name: name(`${listWords.dead}${table.name}`),
        content: 'keys',
        columns: tellingFirst,
        key: tellingFirst,
        ...(witness && { witness }),
      }
    : undefined;
}

/** The index that leads furthest along some columns; undefined where the key does, or where there is none. */
export function indexAlong(table: Table, columns: readonly string[]): string | undefined {
  const wanted = new Set(columns.map((column) => column.toLowerCase()));
  const reach = (index: readonly string[]): number => {
    const end = index.findIndex((column) => !wanted.has(column.toLowerCase()));
    return end === -1 ? index.length : end;
  };
  const byReach = table.indexes
    .map((index) => ({ name: index.name, reach: reach(index.columns) }))
    .sort((one, other) => other.reach - one.reach);
  const [best] = byReach;
  return best === undefined || best.reach <= reach(table.primaryKey) ? undefined : best.name;
}

/** The smallest index that holds all of some columns, where an index also holds the columns of the key. */
export function coveringIndex(table: Table, columns: readonly string[]): string | undefined {
  const wanted = columns.map((column) => column.toLowerCase());
  const holds = (index: readonly string[]) => {
    const held = new Set([...index, ...table.primaryKey].map((column) => column.toLowerCase()));
    return wanted.every((column) => held.has(column));
  };
  return table.indexes
    .filter((index) => holds(index.columns))
    .sort((one, other) => one.columns.length - other.columns.length)[0]?.name;
}
