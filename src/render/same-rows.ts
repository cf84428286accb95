import type { Predicate } from '../policy/types.js';
import { findColumn } from '../schema/find.js';
import { type Binding, columnName } from './binding.js';
import { pairOf, sideOf } from './pair.js';

/**
 * A row that another one supersedes. Where a run deletes it, the step's list names its witness, and the table itself says
 * that the witness is there: one look-up by the key, so that a list which lost or gained rows can only keep rows.
 */
export function printSuperseded(
  { by, order }: Predicate & { kind: 'superseded' },
  binding: Binding,
): readonly string[] {
  const { table, witness, alias, beside } = binding;
  if (witness === undefined) {
    return [[...areKnown(by, binding), `${columnName(binding, order)} < ${alias}.${beside.newest}`].join(' AND ')];
  }
  const other: Binding = { ...binding, alias: 'n' };
  const isOrder = (name: string) => name.toLowerCase() === order.toLowerCase();
  const isKey = (name: string) => table.primaryKey.some((key) => key.toLowerCase() === name.toLowerCase());
  const key = table.primaryKey.map(
    (name) => `${columnName(other, name)} = ${isOrder(name) ? witness : columnName(binding, name)}`,
  );
  const same = by
    .filter((name) => !isKey(name))
    .map((name) => pairOf(other, name, sideOf(binding, name), true).join(' AND '));
  const isNewer = `${columnName(other, order)} > ${columnName(binding, order)}`;
  return [
    'EXISTS (',
    `  SELECT 1 FROM ${binding.tableName(table)} n${binding.asOfNow ?? ''}`,
    `  WHERE ${key.join(' AND ')}`,
    ...same.map((pair) => `    AND ${pair}`),
    `    AND ${isNewer})`,
  ];
}

/** A row that is the only one of its thing: where a run deletes it, its own list said so. */
export function printAlone({ by }: Predicate & { kind: 'alone' }, binding: Binding): readonly string[] {
  const { listedByRun, alias, beside, earlier, expressions } = binding;
  if (listedByRun !== undefined) return [listedByRun];
  const known = areKnown(by, binding);
  const only = `${alias}.${beside.rows} = 1`;
  if (earlier === undefined) return [[...known, only].join(' AND ')];
  // As if the earlier step had deleted what it finds
  const last = `${columnName(binding, earlier.order)} = ${alias}.${beside.newest} AND ${alias}.${beside.staying} = 0`;
  if (binding.forecast) return [[...known, last].join(' AND ')];
  return [...known.map((line) => `${line} AND`), `(${only}`, `  OR ${expressions.isDryRun} AND ${last})`];
}

/** Of a thing that has no name nothing is the newest, and nothing the only one. */
const areKnown = (by: readonly string[], binding: Binding): readonly string[] =>
  by
    .filter((name) => findColumn(binding.table, name)?.nullable !== false)
    .map((name) => `${columnName(binding, name)} IS NOT NULL`);
