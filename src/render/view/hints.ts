import { isLed } from '../../plan/advise.js';
import type { PlannedStep } from '../../plan/types.js';
import type { Table } from '../../schema/types.js';
import type { Context } from './context.js';

/** What makes the server go along the index of a walk, with a blank behind it; empty where nothing can, or need. */
export interface HintsView {
  /** Of the table `t`. */
  readonly hint: string;
  /** Of what the next range is read from, `k`. */
  readonly rangeHint: string;
}

/** Only where an index leads along the walk: a hint for another would be passed over, or read it whole. */
export function viewHints({ walk, table }: PlannedStep, { dialect }: Context): HintsView {
  const { alongIndex, inOrderOfIndex, identifier } = dialect.expressions;
  if (alongIndex === undefined || inOrderOfIndex === undefined || !('column' in walk)) {
    return { hint: '', rangeHint: '' };
  }
  const column = identifier(walk.column.name);
  const led = isLed(table, [walk.column.name]);
  return {
    hint: led ? `${alongIndex('t', column)} ` : '',
    // A list's own key begins with the column.
    rangeHint: led || walk.kind === 'list' ? `${inOrderOfIndex('k', column)} ` : '',
  };
}

/** What a hint calls an index, or the primary key where no index is named; false for a table that has neither. */
export function indexName(index: string | undefined, { primaryKey }: Table, { dialect }: Context): string | false {
  if (index !== undefined) return dialect.expressions.identifier(index);
  return primaryKey.length > 0 && 'PRIMARY';
}
