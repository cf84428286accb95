import type { PlannedStep } from '../../plan/types.js';
import { rulesOf } from '../../policy/visit.js';
import type { ForeignKey, Table } from '../../schema/types.js';
import { askedChildren, looksAtOthers } from './batch.js';
import type { Context } from './context.js';
import { viewHints } from './hints.js';
import { takerOf, takesAtOnce } from './takers.js';

/** What a batch needs that locks dead rows as it chooses them, and then works by their places. */
export interface ChoiceView {
  /** The reasons ask the row alone, so that a row is judged once, in a view that the server can lock through. */
  readonly judgesInView: boolean;
  /** What the rule asks of other rows may have changed by the time of the delete, so it is asked there as well. */
  readonly asksAgain: boolean;
  /** Tables that nobody may change meanwhile: their rows would lose a reference, have no index, or keep their parent. */
  readonly lockedFirst: readonly string[] | false;
  /** The key that the last batch ended with, and the one where the walk ends; the text of the one that this batch ends with. */
  readonly lastKey: string;
  readonly finalKey: string;
  /** A number may be less than any that the column holds. */
  readonly isNumber: boolean;
  readonly keyText: string;
  /** What has the server go along the list, and look up the table's rows one by one; or along the table's index. */
  readonly choiceHint: string;
  /** The same for a subquery that asks for rows of the table: `t`, or `s` of the same history. */
  readonly eachHint: string;
  readonly historyHint: string;
  /** The local procedure that takes the step's rows, if several places do. */
  readonly taker: string | false;
}

const asksOthers = ['noRow', 'someRow', 'outlives', 'superseded', 'alone', 'sighted'];

export function viewChoice(step: PlannedStep, upto: string, context: Context): ChoiceView {
  const { rule, table, walk, keptBy, children, followers } = step;
  const { dialect, qualify, plan } = context;
  const { keys } = dialect.expressions;
  const run = dialect.expressions.variable('run');
  const own = rulesOf({ table: rule.table, reasons: rule.reasons });
  const lost = keptBy.filter(({ path: [nearest] }) => nearest?.foreignKey.onDelete.startsWith('SET '));
  const led = new Set(followers.map((follower) => follower.table.name));
  const shrinking = new Set([table.name, ...children.map((child) => child.table.name), ...led]);
  const followed = new Set(children.map(({ foreignKey }) => foreignKey));
  const referring = plan.schema.tables.filter((other) =>
    other.foreignKeys.some(
      (key) =>
        !followed.has(key) &&
        shrinking.has(key.references) &&
        (!isIndexed(other, key) || (led.has(key.references) && key.onDelete.startsWith('SET '))),
    ),
  );
  const locked = [
    ...new Set(
      [...lost, ...askedChildren(step)].map((one) => one.table.name).concat(referring.map(({ name }) => name)),
    ),
  ];
  const column = 'column' in walk ? walk.column : undefined;
  const noted = (name: string) => (column && keys ? keys.ofText(`${run}.${name}`, column) : '');
  return {
    judgesInView: !rule.history && rule.reasons.length > 1 && !own.some(([{ kind }]) => asksOthers.includes(kind)),
    asksAgain: looksAtOthers(step) && !rule.history,
    lockedFirst: locked.length > 0 && locked.map((name) => qualify(name)),
    lastKey: column && keys?.least ? `NVL(${noted('after_key')}, ${keys.least(column)})` : '',
    isNumber: column?.family === 'integer',
    finalKey: noted('until_key'),
    taker: takesAtOnce(step) && takerOf(table, context),
    choiceHint: walk.kind === 'list' ? alongList(step, context) : viewHints(step, context).hint,
    eachHint: lookUpEach('t', step, context),
    historyHint: lookUpEach('s', step, context),
    keyText: column && keys ? keys.asText(upto, column) : '',
  };
}

/** Some index, or the key, begins with exactly these columns, in any order. */
export function isIndexed({ primaryKey, indexes }: Table, { columns }: ForeignKey): boolean {
  const wanted = columns.map((name) => name.toLowerCase());
  return [primaryKey, ...indexes.map((index) => index.columns)].some((index) => {
    const begin = index.slice(0, wanted.length).map((name) => name.toLowerCase());
    return begin.length === wanted.length && begin.every((name) => wanted.includes(name));
  });
}

function lookUpEach(alias: string, step: PlannedStep, context: Context): string {
  const { expressions } = context.dialect;
  if (viewHints(step, context).hint === '' || expressions.lookUpEach === undefined || !('column' in step.walk))
    return '';
  return `${expressions.lookUpEach(alias, expressions.identifier(step.walk.column.name))} `;
}

function alongList(step: PlannedStep, context: Context): string {
  const { lookUpInOrder } = context.dialect.expressions;
  if (viewHints(step, context).hint === '' || lookUpInOrder === undefined) return '';
  return `${lookUpInOrder(['l', 't'], step.list?.content === 'keys')} `;
}
