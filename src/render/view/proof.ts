import { supportColumn } from '../../dialects/support-column.js';
import { hasReasons } from '../../plan/kept-row.js';
import type { BackupTable, PlannedStep } from '../../plan/types.js';
import { ownConditions } from '../../policy/own-conditions.js';
import { type CutOff, type Predicate, supersededReason } from '../../policy/types.js';
import { findColumn } from '../../schema/find.js';
import type { ForeignKey, Table } from '../../schema/types.js';
import { pairOf } from '../pair.js';
import { printPredicate } from '../predicate.js';
import { inProcedure, ofRun } from './bindings.js';
import type { Context } from './context.js';
import { type CutOffView, parametersOf, viewCutOff } from './cut-offs.js';

/** How the copies `b` of a table are judged once more, after the run. */
export interface ProofView {
  readonly tableName: string;
  readonly backup: string;
  /** `CASE … END`: 0 for a copy that can have been dead, 1 for one that cannot. */
  readonly wrong: readonly string[];
}

/** What the proof compares with. */
export interface ProvenBy {
  readonly cutOffs: readonly CutOffView[];
  readonly parameters: readonly Parameter[] | false;
  readonly variables: readonly string[] | false;
  /** Parameters that are words. */
  readonly switches: readonly Parameter[] | false;
}

interface Parameter {
  readonly name: string;
  readonly variable: string;
  readonly isNumber: boolean;
  readonly default: string;
}

/**
 * One for each table that may lose rows. A copy is right if what its row said of itself fits the reason that it was deleted
 * for; or if the row that it hung on, or followed, was deleted by the same run. What other rows there were is not known any
 * more, and is not asked.
 */
export function viewProofs(context: Context): readonly ProofView[] {
  if (context.plan.backup !== 'deleted-rows') return [];
  return context.plan.backups.map((backup) => {
    const branches = hasReasons(backup.source, context.plan)
      ? [...ownBranches(backup, context), ...followerBranches(backup, context)]
      : childBranches(backup, context);
    return {
      tableName: backup.source.name,
      backup: context.qualify(backup.name),
      wrong: branches.length === 0 ? ['0'] : ['CASE', ...branches.flatMap(right), '  ELSE 1', 'END'],
    };
  });
}

/** A branch of CASE, for a copy that is right. */
function right([first = '', ...more]: readonly string[]): readonly string[] {
  const line = [first, ...more].join(' ');
  const isFlat = more.every((one) => one.startsWith('AND ')) && !line.endsWith('(');
  if (isFlat && line.length < 80) return [`  WHEN ${line} THEN 0`];
  return [`  WHEN ${first}`, ...more.map((line) => `       ${line}`), '  THEN 0'];
}

function ownBranches({ source }: BackupTable, context: Context): readonly (readonly string[])[] {
  return context.plan.steps
    .filter(({ table }) => table === source)
    .flatMap((step) => [
      ...step.rule.reasons.map(({ name, when }) => withReason(name, conditionsOf(step, when, context), context)),
      ...endedBranch(step, context),
    ]);
}

const reasonColumn = (context: Context): string => `b.${supportColumn(context.dialect, 'reason')}`;

const withReason = (name: string, conditions: readonly string[], context: Context): readonly string[] => [
  `${reasonColumn(context)} = ${context.dialect.expressions.literal(name)}`,
  ...conditions,
];

function conditionsOf(step: PlannedStep, when: Predicate, context: Context): readonly string[] {
  const { guard } = step.rule;
  const own = ownConditions({ kind: 'all', of: guard === undefined ? [when] : [guard, when] });
  if (own === undefined) return [];
  const [first, ...more] = printPredicate(own, inProcedure(step, 'b', context));
  const isOpen = own.kind === 'any';
  const lines = isOpen ? [`(${first}`, ...more.map((line) => ` ${line}`)] : [first ?? '', ...more];
  return lines.map((line, at) => {
    const closed = isOpen && at === lines.length - 1 ? `${line})` : line;
    return at === 0 ? `AND ${closed}` : isOpen ? `    ${closed}` : closed;
  });
}

/** Of a history: a row that ended its thing, and is as new or newer, was deleted by the same run. */
function endedBranch(step: PlannedStep, context: Context): readonly (readonly string[])[] {
  const { history } = step.rule;
  if (history === undefined) return [];
  const { identifier, literal, largest } = context.dialect.expressions;
  const copied = (name: string) => `b.${identifier(findColumn(step.table, name)?.name ?? name)}`;
  const isEnd = `CASE WHEN ${reasonColumn(context)} = ${literal(supersededReason.name)} THEN 0 ELSE 1 END`;
  return [
    withReason(
      supersededReason.name,
      [
        `AND ${largest(isEnd)} OVER (`,
        `  PARTITION BY ${history.of.map(copied).join(', ')} ORDER BY ${copied(history.order)} DESC) = 1`,
      ],
      context,
    ),
  ];
}

function followerBranches({ source }: BackupTable, context: Context): readonly (readonly string[])[] {
  return context.plan.steps.flatMap((step) =>
    step.followers
      .filter(({ table }) => table === source)
      .map(({ name, on }) => {
        const isFound = isLedBy(
          step.table,
          on.map(([, ours]) => ours),
        );
        if (!isFound) return withReason(name, [], context);
        const copies = { ...inProcedure(step, 'p', context), table: step.table };
        const followers = { ...inProcedure(step, 'b', context), table: source };
        const pairs = on.flatMap(([theirs, ours]) => pairOf(copies, ours, sideIn(followers, theirs), true));
        return withReason(name, indented(existsCopy(step.backup, pairs, context)), context);
      }),
  );
}

const sideIn = (binding: ReturnType<typeof inProcedure>, name: string) => {
  const live = findColumn(binding.table, name);
  return { sql: `b.${binding.expressions.identifier(live?.name ?? name)}`, ...(live && { live }) };
};

const indented = ([first = '', ...more]: readonly string[]): readonly string[] => [`AND ${first}`, ...more];

/** The rows that a row hung on, by any of the keys that took it along. False: there is one that cannot be looked up. */
function childBranches({ source }: BackupTable, context: Context): readonly (readonly string[])[] {
  const { plan, dialect } = context;
  const { identifier } = dialect.expressions;
  const ways = plan.steps.flatMap((step) =>
    step.children
      .filter(({ table }) => table === source)
      .map(({ path: [nearest, above] }) => ({ key: nearest?.foreignKey, parent: above?.table ?? step.table })),
  );
  const unique = [...new Map(ways.map((way) => [way.key, way])).values()];
  const branches = unique.map(({ key, parent }) => {
    const backup = plan.backups.find((one) => one.source === parent);
    if (key === undefined || backup === undefined || !isKept(key, parent, source)) return [];
    const pairs = key.columns.map(
      (column, at) => `p.${identifier(key.referencedColumns[at] ?? column)} = b.${identifier(column)}`,
    );
    return existsCopy(backup, pairs, context);
  });
  // A row that may have hung on another, which cannot be looked up, is not judged.
  return branches.some((branch) => branch.length === 0) ? [] : branches;
}

const isKept = ({ columns, referencedColumns }: ForeignKey, parent: Table, child: Table): boolean =>
  isLedBy(parent, referencedColumns) && columns.every((name) => findColumn(child, name)?.generated !== true);

/** The primary key begins with these columns, and so does that of the copies, behind the run. */
function isLedBy({ primaryKey }: Table, columns: readonly string[]): boolean {
  const begin = primaryKey.slice(0, columns.length).map((name) => name.toLowerCase());
  return columns.length <= primaryKey.length && columns.every((name) => begin.includes(name.toLowerCase()));
}

function existsCopy(backup: BackupTable, pairs: readonly string[], context: Context): readonly string[] {
  const conditions = [ofRun('p', context), ...pairs].join(' AND ');
  const line = `EXISTS (SELECT 1 FROM ${context.qualify(backup.name)} p WHERE ${conditions})`;
  return line.length <= 90
    ? [line]
    : ['EXISTS (', `  SELECT 1 FROM ${context.qualify(backup.name)} p`, `  WHERE ${conditions})`];
}

/** The cut-offs and parameters that the proof names, and those that these are made of. */
export function viewProvenBy(proofs: readonly ProofView[], all: readonly Parameter[], context: Context): ProvenBy {
  const lines = proofs.flatMap(({ wrong }) => wrong);
  const cutOffs = context.plan.cutOffs.map(atEarliest).flatMap((cutOff) => {
    const view = viewCutOff(cutOff, context);
    const epochs = view.epochs.filter(({ variable }) => isNamed(variable, lines));
    return epochs.length > 0 || isNamed(view.variable, lines) ? [{ ...view, epochs }] : [];
  });
  const parameters = all.filter(
    ({ name, variable }) =>
      isNamed(variable, lines) ||
      context.plan.cutOffs.some(
        (cutOff) => cutOffs.some((one) => one.name === cutOff.name) && parametersOf(cutOff).includes(name),
      ),
  );
  const switches = parameters.filter(({ isNumber }) => !isNumber);
  return {
    cutOffs,
    parameters: parameters.length > 0 && parameters,
    variables: parameters.length > 0 && parameters.map(({ variable }) => variable),
    switches: switches.length > 0 && switches,
  };
}

/** What the product's rows stated when the run began is not known any more: it was no less than the setting says. */
const atEarliest = (cutOff: CutOff): CutOff =>
  cutOff.andLongest === undefined ? cutOff : { ...cutOff, andLongest: { ...cutOff.andLongest, columns: [] } };

const isNamed = (variable: string, lines: readonly string[]): boolean => {
  const whole = new RegExp(`(?<![A-Za-z0-9_])${variable}(?![A-Za-z0-9_])`);
  return lines.some((line) => whole.test(line));
};
