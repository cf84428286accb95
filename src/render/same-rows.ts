import type { Predicate } from '../policy/types.js';
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
    return [`${columnName(binding, order)} < ${alias}.${beside.newest}`];
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
export function printAlone(binding: Binding): readonly string[] {
  const { listedByRun, group, alias, beside, earlier, expressions } = binding;
  if (listedByRun !== undefined) return [listedByRun];
  const of = group ?? alias;
  const only = `${of}.${beside.rows} = 1`;
  if (earlier === undefined) return [only];
  // As if the earlier step had deleted what it finds
  const newest = group === undefined ? [`${columnName(binding, earlier.order)} = ${of}.${beside.newest}`] : [];
  const last = [...newest, `${of}.${beside.staying} = 0`].join(' AND ');
  return [binding.forecast ? last : `(${only} OR ${expressions.isDryRun} AND ${last})`];
}
