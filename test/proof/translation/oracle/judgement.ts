import { must, NotUnderstood } from '../only.js';
import type { Expression, Output, Query, Select } from '../sql.js';

/** What a collection of reasons is called, wherever it is filled. */
export const reason = 'V_REASONS';

/**
 * The query of a batch finds dead rows only. Here it finds every row that the batch goes along, and the reason is NULL
 * where it would not find one: whatever WHERE asks besides the batch's range comes before the reason.
 */
export function judged(query: Query): Select {
  if (query.kind !== 'select') throw new NotUnderstood('a judgement', query);
  return withReason(query, reason);
}

function withReason({ columns, from, where }: Select, name: string): Select {
  const parts = where?.kind === 'and' ? where.of : where === undefined ? [] : [where];
  const value = must(valueIn(columns, name), 'a reason');
  const [source, ...more] = from;
  const inner = source !== undefined && more.length === 0 && 'query' in source.of ? source.of.query : undefined;
  // Of a view the range is asked inside.
  const range = parts.filter((part) => inner === undefined && isOfBatch(part));
  const asked = parts.filter((part) => !range.includes(part));
  const judgement: Expression = { kind: 'case', arms: [{ when: { kind: 'and', of: asked }, result: value }] };
  const outputs = columns.map((output): Output => (output.name === name ? { name, value: judgement } : output));
  if (inner === undefined || source === undefined) {
    return { kind: 'select', columns: outputs, from, ...(range.length > 0 && { where: { kind: 'and', of: range } }) };
  }
  if (inner.kind !== 'select' || value.kind !== 'column') throw new NotUnderstood('a judgement', inner);
  const view = { alias: source.alias, of: { query: withReason(inner, must(value.path.at(-1), 'a name')) } };
  return { kind: 'select', columns: outputs, from: [view] };
}

const valueIn = (columns: readonly Output[], name: string): Expression | undefined =>
  columns.flatMap((output) => (output.name === name ? [output.value] : []))[0];

/** A comparison with what the batch begins or ends with, with the run, or with how many rows a batch takes. */
function isOfBatch(condition: Expression): boolean {
  if (condition.kind !== 'compare' || condition.left.kind !== 'column' || condition.right.kind !== 'column')
    return false;
  const [name = '', part = ''] = condition.right.path;
  return /^V_(AFTER|UPTO)_\d+$/.test(name) || (name === 'V_RUN' && (part === 'RUN_ID' || part === 'SPAN'));
}
