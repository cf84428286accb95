import type { PlannedStep } from '../../plan/types.js';
import { describeRule, type Spelling } from '../../policy/describe.js';
import type { History, Reason } from '../../policy/types.js';
import { findColumn, findTable } from '../../schema/find.js';
import type { Schema, Table } from '../../schema/types.js';
import type { Context } from './context.js';

/** What a step deletes in words, for the reader of the SQL. */
export interface WordsView {
  /** An earlier step cleans the same table. */
  readonly isAgain: boolean;
  readonly reasonsInWords: readonly string[];
  readonly guardInWords: string | false;
  readonly historyInWords: string | false;
  readonly childrenInWords: string | false;
  /** Tables whose rows go after a deleted one; each reason once, though several columns may lead there. */
  readonly followersInWords: readonly { readonly tableName: string; readonly words: string }[];
}

export function viewWords(
  step: PlannedStep,
  reasons: readonly Pick<Reason, 'name' | 'meaning'>[],
  { plan }: Context,
): WordsView {
  const { rule, ownGuard, followers, children, table } = step;
  const earlier = plan.steps.slice(0, plan.steps.indexOf(step));
  const led = followers.map(({ table, name, meaning }) => ({ tableName: table.name, words: `${name}: ${meaning}` }));
  return {
    isAgain: earlier.some((one) => one.table === table),
    reasonsInWords: reasons.map(({ name, meaning }) => `${name}: ${meaning}`),
    guardInWords: ownGuard !== undefined && `and only if ${describeRule(ownGuard, rule.table, spelling(plan.schema))}`,
    historyInWords: rule.history !== undefined && historyInWords(rule.history, table),
    childrenInWords:
      children.length > 0 &&
      `together with its child rows in ${[...new Set(children.map((child) => child.table.name))].join(', ')}`,
    followersInWords: [...new Map(led.map((one) => [JSON.stringify(one), one])).values()],
  };
}

function historyInWords({ of }: History, table: Table): string {
  const columns = of.map((name) => findColumn(table, name)?.name ?? name);
  return `in one transaction with all older rows of the same ${columns.join(' and ')}`;
}

/** Names as the live schema spells them, so that the words match the SQL below them. */
const spelling = (schema: Schema): Spelling => ({
  table: (name) => findTable(schema, name)?.name ?? name,
  column: (table, name) => {
    const live = findTable(schema, table);
    return (live && findColumn(live, name)?.name) ?? name;
  },
});
