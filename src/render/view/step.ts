import type { PlannedStep } from '../../plan/types.js';
import type { Column } from '../../schema/types.js';
import { keptValues } from '../kept-values.js';
import { askedByRefusingKey, askedChildren, type BatchView, viewBatch } from './batch.js';
import { ofRun } from './bindings.js';
import { type ChildView, viewChild } from './child.js';
import { type ChoiceView, viewChoice } from './choice.js';
import { type ChosenView, viewChosen } from './chosen.js';
import type { Context } from './context.js';
import { type CopiesView, viewCopies } from './copies.js';
import { type FollowerView, type KeeperView, viewFollowers, viewKeepers } from './follower.js';
import { type HintsView, indexName, viewHints } from './hints.js';
import { type HistoryView, viewHistory } from './history.js';
import { type ListView, viewList } from './list.js';
import { type PlaceView, viewPlace } from './place.js';
import { type RuleView, reasonsOf, viewRule } from './rule.js';
import { viewWords, type WordsView } from './words.js';

export interface StepView extends RuleView, HintsView, WordsView, BatchView, ChoiceView, PlaceView {
  readonly number: number;
  readonly table: string;
  readonly tableName: string;
  readonly enabledBy: string | false;
  readonly enabledByName: string | false;
  readonly walksByKey: boolean;
  readonly walksByList: boolean;
  /** The key that is walked along; empty text where there is none. */
  readonly key: string;
  /** The index that belongs to it, the primary key's too; false if none leads there. */
  readonly index: string | false;
  readonly list: ListView | false;
  /** That a row `k` of the list is of this run, with an AND behind it; empty where no list of the run is walked along. */
  readonly walkedMine: string;
  readonly history: HistoryView | false;
  readonly followers: readonly FollowerView[] | false;
  readonly keepers: readonly KeeperView[] | false;
  readonly from: string;
  readonly upto: string;
  /** Variables of the key behind which a batch begins, and of the one that ends the walk. */
  readonly after: string;
  readonly until: string;
  readonly copies: CopiesView | false;
  readonly chosen: ChosenView | false;
  /** Columns of the row that later statements of a batch need, with the alias `t`. */
  readonly returned: readonly string[] | false;
  readonly backup: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
  readonly valuesFromTable: readonly string[];
  /** The same columns as OUTPUT names them. */
  readonly deletedValues: readonly string[];
  /** What refers to the deleted rows themselves, each with what refers to it, deepest first. */
  readonly families: readonly { readonly child: ChildView; readonly below: readonly ChildView[] | false }[];
  /** Tables of which no row may change until the batch ends: it would lose its reference, or keep a row that goes. */
  readonly heldFirst: readonly string[] | false;
}

export function viewStep(step: PlannedStep, number: number, context: Context): StepView {
  const { dialect, qualify, plan } = context;
  const { identifier, variable } = dialect.expressions;
  const [from, upto] = [variable(`from_${number}`), variable(`upto_${number}`)];
  const { rule, walk } = step;
  const names = (columns: readonly Column[], alias = '') =>
    columns.map((column) => `${alias}${identifier(column.name)}`);
  const judged = viewRule(step, { from, upto }, context);
  const children = step.children.map((child, at) => viewChild(child, at + 1, step, number, judged.dead, context));
  const { columns } = step.backup;
  const asked = askedChildren(step).filter((child) => askedByRefusingKey(child, step).length === 0);
  const held = [...new Set([...nullifiedTables(step), ...asked.map(({ table }) => table.name)])];
  const deletesChildren = children.some(({ deletes }) => deletes);
  const returned =
    plan.backup !== 'none' ? columns.map((one) => one.hashOf ?? one) : deletesChildren ? neededByChildren(step) : [];
  const values = (alias: string) => keptValues(columns, alias, dialect.expressions);
  return {
    number,
    table: qualify(step.table.name),
    tableName: step.table.name,
    enabledBy: rule.enabledBy === undefined ? false : variable(rule.enabledBy),
    enabledByName: rule.enabledBy ?? false,
    walksByKey: walk.kind === 'key',
    walksByList: walk.kind === 'list',
    key: 'column' in walk ? identifier(walk.column.name) : '',
    ...viewPlace(step, upto, context),
    index: indexName('index' in walk ? walk.index : undefined, step.table, context),
    ...viewHints(step, context),
    ...judged,
    ...viewBatch(step, context),
    ...viewChoice(step, upto, context),
    list: viewList(step, context),
    walkedMine: step.list?.content === 'keys' && walk.kind === 'list' ? `${ofRun('k', context)} AND ` : '',
    history: viewHistory(step, context),
    followers: viewFollowers(step, context),
    keepers: viewKeepers(step, context),
    from,
    upto,
    after: variable(`after_${number}`),
    until: variable(`until_${number}`),
    copies: viewCopies(step, context),
    chosen: viewChosen(step, number, context),
    returned: returned.length === 0 ? false : names(returned, 't.'),
    backup: qualify(step.backup.name),
    columns: names(columns),
    values: values('g'),
    valuesFromTable: values(walk.kind === 'limit' ? identifier(step.table.name) : 't'),
    deletedValues: values('deleted'),
    families: familiesOf(step, children),
    heldFirst: held.length > 0 && held.map((name) => qualify(name)),
    ...viewWords(step, reasonsOf(step), context),
  };
}

/** Tables that keep rows by a key that does not stop a DELETE, but takes the reference away. */
const nullifiedTables = ({ keptBy }: PlannedStep): readonly string[] => [
  ...new Set(
    keptBy.flatMap(({ table, path: [nearest] }) =>
      nearest?.foreignKey.onDelete.startsWith('SET ') ? [table.name] : [],
    ),
  ),
];

function familiesOf(step: PlannedStep, children: readonly ChildView[]): StepView['families'] {
  return step.children.flatMap((planned, at) => {
    const child = children[at];
    if (planned.path.length > 1 || child === undefined) return [];
    const below = step.children.flatMap(({ path }, i) =>
      path.length > 1 && path.at(-1)?.foreignKey === planned.foreignKey ? (children[i] ?? []) : [],
    );
    return [{ child, below: below.length > 0 && below }];
  });
}

/** Columns of the step's table that its children refer to. */
function neededByChildren(step: PlannedStep): readonly Column[] {
  const wanted = new Set(
    step.children
      .flatMap((child) => child.path.at(-1)?.foreignKey.referencedColumns ?? [])
      .map((name) => name.toLowerCase()),
  );
  return step.table.columns.filter((column) => wanted.has(column.name.toLowerCase()));
}
