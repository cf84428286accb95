import { must, NotUnderstood } from '../only.js';
import type { Delete, Expression, Insert, Select, Source } from '../sql.js';
import { parted } from './flow.js';

/** A table variable that notes the keys of child rows before they are deleted from below. */
export const keepsKeys = (table: string): boolean => /^@going_\d+_\d+$/.test(table);

/** What each of them was filled from, by its name. */
export type Kept = Map<string, Select & { readonly keys: readonly string[] }>;

/** Notes what fills such a table variable. */
export function keep({ table, columns, query }: Insert, kept: Kept): void {
  if (query.kind !== 'select' || kept.has(table)) throw new NotUnderstood('keys of child rows', query);
  const [first, ...more] = query.from;
  kept.set(table, { ...query, from: [inPlace(must(first, 'a table'), kept), ...more], keys: columns });
}

/** A DELETE by such keys, as one by the rows that they were taken from. */
export function byRows(deletes: Delete, kept: Kept): Delete {
  const [first, child, ...more] = deletes.from;
  const from = first && 'table' in first.of ? kept.get(first.of.table) : undefined;
  if (from === undefined) return deletes;
  const last = from.from.at(-1);
  if (child === undefined || last === undefined || more.length > 0)
    throw new NotUnderstood('a way to child rows', deletes);
  if (!isSameTable(child, last)) return { ...deletes, from: [inPlace(must(first, 'keys'), kept), child] };
  // The very rows, found again by the key that was noted of them.
  const byKey = parted(must(child.on, 'a condition')).map((one) =>
    sameColumn(one, child.alias, must(first, 'keys').alias),
  );
  if (child.alias !== last.alias || byKey.some((name) => !from.keys.includes(name)))
    throw new NotUnderstood('rows that are found again', child);
  return { ...deletes, from: from.from, byKey, ...(from.where && { where: from.where }) };
}

const inPlace = (source: Source, kept: Kept): Source => {
  const query = 'table' in source.of ? kept.get(source.of.table) : undefined;
  return query === undefined ? source : { ...source, of: { query } };
};

const isSameTable = (one: Source, other: Source): boolean =>
  'table' in one.of && 'table' in other.of && one.of.table === other.of.table;

/** The column that both sides name. */
function sameColumn(condition: Expression, one: string, other: string): string {
  const sides = condition.kind === 'compare' && condition.by === '=' ? [condition.left, condition.right] : [];
  const [left, right] = sides.map((side) => (side.kind === 'column' ? side.path : []));
  if (left?.[0] !== one || right?.[0] !== other || left[1] !== right[1]) throw new NotUnderstood('a key', condition);
  return must(left[1], 'a column');
}

/** Keys that were noted without a lock are forgotten unless their rows are, by then locked, what they were noted as. */
export function checkForgotten({ table, from, where }: Delete, kept: Kept): void {
  const [noted, ...more] = from;
  const filled = kept.get(table);
  const stays = where?.kind === 'not' && where.of.kind === 'exists' ? where.of.query : undefined;
  const [again, ...others] = stays?.kind === 'select' ? stays.from : [];
  const last = filled?.from.at(-1);
  if (noted === undefined || more.length > 0 || again === undefined || last === undefined || others.length > 0)
    throw new NotUnderstood('keys that are forgotten', where);
  if (!isSameTable(again, last)) throw new NotUnderstood('rows that are looked at again', again);
}
