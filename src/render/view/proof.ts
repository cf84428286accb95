import { supportColumn } from '../../dialects/support-column.js';
import { hasReasons } from '../../plan/kept-row.js';
import type { BackupTable, PlannedStep } from '../../plan/types.js';
import { ownConditions } from '../../policy/own-conditions.js';
import { type CutOff, type Predicate, supersededReason } from '../../policy/types.js';
import { findColumn } from '../../schema/find.js';
import type { ForeignKey, Table } from '../../schema/types.js';
import { pairOf, sideOf } from '../pair.js';
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
  /** The same if copies have no index by the key of their source: what is looked up is joined as a whole. */
  readonly wrongWhenJoined: readonly string[];
  readonly joins: readonly (readonly string[])[];
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
    const joins: (readonly string[])[] = [];
    const joined: IsCopied = (led) => {
      const alias = `p${joins.length + 1}`;
      joins.push(joinOf(led, alias, context));
      return [`${alias}.${led.columns[0]} IS NOT NULL`];
    };
    return {
      tableName: backup.source.name,
      backup: context.qualify(backup.name),
      wrong: wrongOf(backup, (led) => existsCopy(led, context), context),
      wrongWhenJoined: wrongOf(backup, joined, context),
      joins,
    };
  });
}

/** Copies by which another one is right, if one of them has these values. */
interface Led {
  readonly backup: BackupTable;
  /** Its columns that are compared, as SQL names them. */
  readonly columns: readonly string[];
  /** That one of them, under this alias, is the one. */
  readonly pairs: (alias: string) => readonly string[];
}

/** As a condition: there is such a copy of the run. */
type IsCopied = (led: Led) => readonly string[];

function wrongOf(backup: BackupTable, isCopied: IsCopied, context: Context): readonly string[] {
  const branches = hasReasons(backup.source, context.plan)
    ? [...ownBranches(backup, context), ...followerBranches(backup, isCopied, context)]
    : childBranches(backup, isCopied, context);
  return branches.length === 0 ? ['0'] : ['CASE', ...branches.flatMap(right), '  ELSE 1', 'END'];
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

function followerBranches(
  { source }: BackupTable,
  isCopied: IsCopied,
  context: Context,
): readonly (readonly string[])[] {
  return context.plan.steps.flatMap((step) =>
    step.followers
      .filter(({ table }) => table === source)
      .map(({ name, on }) => {
        const columns = on.map(([, ours]) => findColumn(step.table, ours)?.name ?? ours);
        if (!isLedBy(step.table, columns)) return withReason(name, [], context);
        const follower = { ...inProcedure(step, 'b', context), table: source };
        const pairs = (alias: string) =>
          on.flatMap(([theirs, ours]) =>
            pairOf(inProcedure(step, alias, context), ours, sideOf(follower, theirs), true),
          );
        const [first = '', ...more] = isCopied({
          backup: step.backup,
          columns: columns.map(identifierIn(context)),
          pairs,
        });
        return withReason(name, [`AND ${first}`, ...more], context);
      }),
  );
}

const identifierIn =
  ({ dialect }: Context) =>
  (name: string): string =>
    dialect.expressions.identifier(name);

/** The rows that a row hung on, by any of the keys that took it along. */
function childBranches({ source }: BackupTable, isCopied: IsCopied, context: Context): readonly (readonly string[])[] {
  const { plan } = context;
  const identifier = identifierIn(context);
  const ways = plan.steps.flatMap((step) =>
    step.children
      .filter(({ table }) => table === source)
      .map(({ path: [nearest, above] }) => ({ key: nearest?.foreignKey, parent: above?.table ?? step.table })),
  );
  const unique = [...new Map(ways.map((way) => [way.key, way])).values()];
  const leds = unique.map(({ key, parent }): Led | undefined => {
    const backup = plan.backups.find((one) => one.source === parent);
    if (key === undefined || backup === undefined || !isKept(key, parent, source)) return undefined;
    const columns = key.columns.map((column, at) => identifier(key.referencedColumns[at] ?? column));
    const pairs = (alias: string) =>
      key.columns.map((column, at) => `${alias}.${columns[at]} = b.${identifier(column)}`);
    return { backup, columns, pairs };
  });
  // A row that may have hung on another, which cannot be looked up, is not judged.
  return leds.includes(undefined) ? [] : leds.flatMap((led) => (led ? [isCopied(led)] : []));
}

const isKept = ({ columns, referencedColumns }: ForeignKey, parent: Table, child: Table): boolean =>
  isLedBy(parent, referencedColumns) && columns.every((name) => findColumn(child, name)?.generated !== true);

/** The primary key begins with these columns, and so does that of the copies, behind the run. */
function isLedBy({ primaryKey }: Table, columns: readonly string[]): boolean {
  const begin = primaryKey.slice(0, columns.length).map((name) => name.toLowerCase());
  return columns.length <= primaryKey.length && columns.every((name) => begin.includes(name.toLowerCase()));
}

function existsCopy({ backup, pairs }: Led, context: Context): readonly string[] {
  const conditions = [ofRun('p', context), ...pairs('p')].join(' AND ');
  const line = `EXISTS (SELECT 1 FROM ${context.qualify(backup.name)} p WHERE ${conditions})`;
  return line.length <= 90
    ? [line]
    : ['EXISTS (', `  SELECT 1 FROM ${context.qualify(backup.name)} p`, `  WHERE ${conditions})`];
}

const joinOf = ({ backup, columns, pairs }: Led, alias: string, context: Context): readonly string[] => [
  'LEFT JOIN (',
  `  SELECT DISTINCT ${columns.map((column) => `p.${column}`).join(', ')}`,
  `  FROM ${context.qualify(backup.name)} p`,
  `  WHERE ${ofRun('p', context)}`,
  `) ${alias} ON ${pairs(alias).join(' AND ')}`,
];

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
