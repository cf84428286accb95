import type { PlannedStep } from '../../plan/types.js';
import { supersededReason } from '../../policy/types.js';
import { findColumn } from '../../schema/find.js';
import { printDead } from '../predicate.js';
import { inProcedure, inView } from './bindings.js';
import type { Context } from './context.js';

/** Of a step whose rows go with those of the same thing that they are not newer than. */
export interface HistoryView {
  readonly columns: readonly string[];
  readonly ofEnded: readonly string[];
  readonly ofEach: readonly string[];
  /** Columns of `t` that a judgement hands on. */
  readonly read: readonly string[];
  /** The same with the table's key. */
  readonly readWithKey: readonly string[];
  /** Why a row dies that did not end what it belongs to. */
  readonly superseded: string;
  readonly order: string;
  /** That a row `s` ends its thing; the same in the backlog view. */
  readonly ended: readonly string[];
  readonly endedInView: readonly string[];
  /** `t` belongs to the same thing as `e`, and is not newer than its newest end. */
  readonly pairs: readonly string[];
}

export function viewHistory(step: PlannedStep, context: Context): HistoryView | false {
  const { history, guard, reasons } = step.rule;
  if (history === undefined) return false;
  const { identifier } = context.dialect.expressions;
  const live = (name: string) => identifier(findColumn(step.table, name)?.name ?? name);
  const order = live(history.order);
  return {
    columns: history.of.map(live),
    ofEnded: history.of.map((name) => `s.${live(name)}`),
    ofEach: history.of.map((name) => `e.${live(name)}`),
    readWithKey: [
      ...new Set([...step.table.primaryKey, ...history.of, history.order].map((name) => `t.${live(name)}`)),
    ],
    read: [...history.of, history.order].map((name) => `t.${live(name)}`),
    superseded: supersededReason.name,
    order,
    ended: printDead(guard, reasons, inProcedure(step, 's', context)),
    endedInView: printDead(guard, reasons, inView(step, 's', context)),
    pairs: [
      ...history.of.map((name, at) => `${at === 0 ? '' : 'AND '}t.${live(name)} = e.${live(name)}`),
      `AND t.${order} <= e.${identifier(lastEnd(context))}`,
    ],
  };
}

/** The column of the ended things that says when. */
const lastEnd = ({ dialect }: Context): string => (dialect.capabilities.nameCase === 'upper' ? 'LAST_END' : 'last_end');
