import type { Dialect } from '../../dialects/dialect.js';
import { sqlName } from '../../dialects/sql-name.js';
import { grantsToProve, grantsToRestore, neededGrants } from '../../plan/grants.js';
import { kitObjects } from '../../plan/kit.js';
import { markerOf } from '../../plan/names.js';
import { noSuchTable } from '../../plan/resolve-step.js';
import type { LeftOut, Plan } from '../../plan/types.js';
import { supersededReason } from '../../policy/types.js';
import { rulesOf } from '../../policy/visit.js';
import { type Seed, type SettingValues, seedSettings, settingDefaults } from '../settings.js';
import { type BackupView, viewBackup } from './backup.js';
import type { Context } from './context.js';
import type { CopiesView } from './copies.js';
import { type CutOffView, parametersOf, viewCutOff } from './cut-offs.js';
import { grantLines } from './grant-lines.js';
import {
  type ExpectedView,
  type KitView,
  viewExpected,
  viewFactRows,
  viewFacts,
  viewFactsLiteral,
  viewKit,
} from './kit.js';
import type { ListView } from './list.js';
import { type ProofView, type ProvenBy, viewProofs, viewProvenBy } from './proof.js';
import { type StepView, viewStep } from './step.js';
import { type TakerView, viewTakers } from './takers.js';
import { type UnindexedKey, unindexedKeys } from './unindexed-keys.js';

const supportTables = [
  ...(['setting', 'run', 'runStep', 'runReason', 'runError', 'runRest', 'runProof'] as const),
  ...(['lock', 'position', 'fact'] as const),
  ...(['object', 'signature', 'register', 'stored', 'backlog'] as const),
];

type SupportTable = (typeof supportTables)[number];

/** Everything a template may say, complete: no template computes, and none asks for what is not here. */
export interface View {
  /** First line of the procedure's file. */
  readonly headline: string;
  readonly origin: string;
  readonly source: string;
  readonly namespace: string;
  readonly backup: boolean;
  /** It keeps hashes of what may be a secret, and so no row that could be put back. */
  readonly audit: boolean;
  /** Deleted rows are kept whole, with their keys. */
  readonly keepsRows: boolean;
  readonly procedureName: string;
  readonly restoreName: string;
  readonly scheduleName: string;
  /** Tells whose the procedure is, in its own text. */
  readonly marker: string;
  /** Names as SQL has them, with their namespace. */
  readonly names: Record<SupportTable, string>;
  /** The same names as plain text. */
  readonly plainNames: Record<SupportTable, string>;
  readonly kit: KitView;
  /** What the live schema must be like, a row value for each table. */
  readonly facts: readonly (readonly string[])[];
  /** The same as one literal, by lines. */
  readonly factsLiteral: readonly string[];
  /** The same as arguments of calls. */
  readonly expected: readonly ExpectedView[];
  /** The same as rows of a table. */
  readonly factRows: readonly (readonly string[])[];
  /** Calls the procedure such that it deletes nothing. */
  readonly dryRun: string | false;
  readonly dryRunName: string | false;
  /** Deletes one batch, and puts one back, if a procedure of its own does. */
  readonly batch: string | false;
  readonly batchName: string | false;
  readonly restoreBatch: string | false;
  readonly restoreBatchName: string | false;
  /** Names of the kit's routines. */
  readonly kitRoutines: readonly string[];
  /** Parameters that are words. */
  readonly switches: readonly ParameterView[];
  /** Those that a rule asks, or that a cut-off needs in a variable; not those that only switch a table on. */
  readonly asked: readonly ParameterView[];
  readonly procedure: string;
  readonly restore: string;
  /** Judges what a run deleted once more. */
  readonly proof: string;
  readonly proofName: string;
  readonly proofs: readonly ProofView[];
  readonly provenBy: ProvenBy;
  /** What a run locks, where a lock has a name. */
  readonly lockName: string;
  /** Tables that number their rows themselves, and must be told to take a restored number. */
  readonly numberedTables: readonly string[] | false;
  /** Tables without a key that lose rows. */
  readonly keylessTables: readonly string[] | false;
  readonly settings: readonly Seed[];
  /** What counts for each tunable whose row is missing. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly parameters: readonly ParameterView[];
  readonly parameterVariables: readonly string[] | false;
  readonly cutOffs: readonly CutOffView[];
  /** Some rule compares with a cut-off in numbers since 1970. */
  readonly hasEpochs: boolean;
  /** The cut-off that the run log shows: the first that is an instant of the policy's own. */
  readonly loggedCutOff: string | false;
  /** The backlog view needs rows of the settings table. */
  readonly readsSettings: boolean;
  /** Tables of deepclean's own that a run fills and empties. */
  readonly lists: readonly ListView[] | false;
  readonly emptied: readonly ListView[] | false;
  /** Own tables that hold what the product's do, and from which. */
  readonly privateTables: readonly { readonly name: string; readonly source: string }[] | false;
  /** Numbers of the steps that rows of other tables follow. */
  readonly followedSteps: readonly string[] | false;
  /** Some table has no key to go along, and is asked again and again for its first dead rows. */
  readonly walksKeyless: boolean;
  /** Keys by which rows of a child are found, and locked, without an index. */
  readonly unindexedKeys: readonly UnindexedKey[];
  readonly steps: readonly StepView[];
  /** Variables that hold the bounds of a batch, one pair per step that walks along a key. */
  readonly keyTypes: readonly {
    readonly from: string;
    readonly upto: string;
    readonly after: string;
    readonly until: string;
    readonly type: string;
  }[];
  /** Tables for the keys of a batch. */
  readonly batchTables: readonly CopiesView[] | false;
  /** Some row hangs on a row that hangs on a deleted one. */
  readonly hasFamilies: boolean;
  /** Some row hangs on a deleted one, or follows it. */
  readonly hasDependents: boolean;
  /** The server deletes some rows that hang on a deleted one, and does not say so. */
  readonly cascades: boolean;
  /** Some rows must be as many when a batch counts them again: keepers of others, or rows of a history. */
  readonly countsAgain: boolean;
  /** Local procedures for what is done in several places. */
  readonly takers: readonly TakerView[] | false;
  /** Rows for the run log, one per table and reason. */
  readonly reasonRows: readonly string[];
  readonly backups: readonly BackupView[];
  /** Tables that a restore locks before a row gets its own key again. */
  readonly renumberLocks: readonly string[];
  /** Some table that rows come back to has a key. */
  readonly restoresByKey: boolean;
  /** Tables that this version lacks, and those that are passed over for another reason. */
  readonly absent: readonly string[];
  /** What becomes of tables that are not known as the product's, a sentence each. */
  readonly otherTables: readonly string[] | false;
  readonly passedOver: readonly LeftOut[];
  /** Privileges of whoever calls the procedure, a line each. */
  readonly grants: readonly string[];
  /** The same for the restore procedure. */
  readonly restoreGrants: readonly string[];
  /** The same for the proof. */
  readonly proofGrants: readonly string[];
}

interface ParameterView {
  readonly name: string;
  readonly variable: string;
  readonly isNumber: boolean;
  readonly default: string;
}

/** Prepares a plan for the dialect's templates. */
export function makeView(plan: Plan, dialect: Dialect, settings: SettingValues): View {
  const { expressions } = dialect;
  const { variable } = expressions;
  const namespace = plan.schema.namespace;
  const qualify = (name: string) => sqlName(dialect, name, namespace);
  const context: Context = { plan, dialect, qualify };
  const { batch, restoreBatch } = plan.names;
  const steps = plan.steps.map((step, at) => viewStep(step, at + 1, context));
  const followed = steps.filter(({ followers }) => followers).map(({ number }) => String(number));
  const lists = steps.flatMap(({ list }) => (list ? [list] : []));
  const batchTables = [
    ...new Map(
      steps.flatMap(({ copies }) =>
        copies !== false && copies.definitions ? [[copies.plainTable, copies] as const] : [],
      ),
    ).values(),
  ];
  const emptied = lists.filter(({ holdsSightings }) => !holdsSightings);
  const backups = plan.backups.map((backup, at) => viewBackup(backup, at, context));
  const privateTables = [
    ...steps.flatMap(({ list, table }) => (list ? [{ name: list.name, source: table }] : [])),
    ...(plan.backup === 'none' ? [] : backups.map(({ name, source }) => ({ name, source }))),
  ];
  const numbered = backups.filter(({ overridesIdentity }) => overridesIdentity).map(({ plainSource }) => plainSource);
  const keyless = backups.filter(({ primaryKey }) => primaryKey === false).map(({ plainSource }) => plainSource);
  const namesBy = (nameOf: (table: SupportTable) => string) =>
    Object.fromEntries(supportTables.map((table) => [table, nameOf(table)])) as Record<SupportTable, string>;
  const cutOffs = plan.cutOffs.map((cutOff) => viewCutOff(cutOff, context));
  const parameters = plan.parameters.map((parameter) => ({
    name: parameter.name,
    variable: variable(parameter.name),
    isNumber: parameter.kind === 'number',
    default: String(parameter.default),
  }));
  const proofs = viewProofs(context);
  return {
    origin: `Made by deepclean for ${plan.schema.source}. Do not edit: an edited file no longer matches SHA256SUMS and is refused.`,
    headline: `${plan.names.procedure}: deletes ${plan.policy.title}.`,
    source: plan.schema.source,
    namespace: namespace ?? dialect.capabilities.defaultNamespace ?? '',
    backup: plan.backup !== 'none',
    audit: plan.backup === 'audit',
    keepsRows: plan.backup === 'deleted-rows',
    procedureName: plan.names.procedure,
    restoreName: plan.names.restore,
    scheduleName: plan.names.schedule,
    marker: markerOf(plan.names),
    names: namesBy((table) => qualify(plan.names[table])),
    plainNames: namesBy((table) => plan.names[table]),
    procedure: qualify(plan.names.procedure),
    restore: qualify(plan.names.restore),
    proof: qualify(plan.names.proof),
    proofName: plan.names.proof,
    proofs,
    provenBy: viewProvenBy(proofs, parameters, context),
    lockName: `deepclean ${qualify(plan.names.procedure)}`,
    settings: seedSettings(plan, dialect, settings),
    defaults: settingDefaults(dialect),
    kit: viewKit(context),
    facts: viewFacts(context),
    factsLiteral: viewFactsLiteral(context),
    expected: viewExpected(context),
    factRows: viewFactRows(context),
    dryRun: plan.names.dryRun === undefined ? false : qualify(plan.names.dryRun),
    dryRunName: plan.names.dryRun ?? false,
    batch: batch === undefined ? false : qualify(batch),
    batchName: batch ?? false,
    restoreBatch: restoreBatch === undefined ? false : qualify(restoreBatch),
    restoreBatchName: restoreBatch ?? false,
    kitRoutines: kitObjects(dialect, plan.prefix)
      .filter(({ kind }) => kind === 'procedure' || kind === 'function')
      .map(({ name }) => qualify(name)),
    parameters,
    parameterVariables: parameters.length > 0 && parameters.map(({ variable: name }) => name),
    asked: parameters.filter(({ name, isNumber }) =>
      isNumber
        ? plan.cutOffs.some((cutOff) => parametersOf(cutOff).includes(name))
        : plan.steps.some(({ rule }) => rulesOf(rule).some(([part]) => 'parameter' in part && part.parameter === name)),
    ),
    switches: parameters.filter(({ isNumber }) => !isNumber),
    cutOffs,
    hasEpochs: cutOffs.some(({ epochs }) => epochs.length > 0),
    loggedCutOff: plan.cutOffs[0] === undefined ? false : variable(plan.cutOffs[0].name),
    readsSettings: plan.parameters.length > 0,
    lists: lists.length > 0 && lists,
    emptied: emptied.length > 0 && emptied,
    privateTables: privateTables.length > 0 && privateTables,
    followedSteps: followed.length > 0 && followed,
    walksKeyless: plan.steps.some(({ walk }) => walk.kind === 'limit'),
    unindexedKeys: unindexedKeys(plan),
    steps,
    keyTypes: steps.flatMap(({ from, upto, after, until }, at) => {
      const walk = plan.steps[at]?.walk;
      return walk !== undefined && 'column' in walk
        ? [{ from, upto, after, until, type: expressions.columnType(walk.column) }]
        : [];
    }),
    batchTables: batchTables.length > 0 && batchTables,
    takers: viewTakers(context),
    hasDependents: plan.steps.some(({ children, followers }) => children.length + followers.length > 0),
    cascades: plan.steps.some(({ children }) => children.some((child) => child.cascades)),
    countsAgain: steps.some(({ keepers, history }) => keepers !== false || history !== false),
    hasFamilies: steps.some(({ families }) => families.some(({ below }) => below)),
    reasonRows: unique(
      plan.steps
        .flatMap(({ table, rule, followers }) => [
          ...[...rule.reasons, ...(rule.history ? [supersededReason] : [])].map(
            ({ name }) => [table.name, name] as const,
          ),
          ...followers.map((follower) => [follower.table.name, follower.name] as const),
        ])
        .map(
          ([table, reason]) => `(${variable('run_id')}, ${expressions.literal(table)}, ${expressions.literal(reason)})`,
        ),
    ),
    backups,
    restoresByKey: backups.some(({ primaryKey }) => primaryKey !== false),
    renumberLocks: unique(backups.flatMap((backup) => backup.renumberLocks)),
    numberedTables: numbered.length > 0 && numbered,
    keylessTables: keyless.length > 0 && keyless,
    absent: plan.leftOut.filter(({ why }) => why === noSuchTable).map(({ table }) => table),
    otherTables: plan.otherTables.length > 0 && plan.otherTables.map(({ words }) => words),
    passedOver: plan.leftOut.filter(({ why }) => why !== noSuchTable),
    grants: grantLines(neededGrants(plan)),
    restoreGrants: grantLines(grantsToRestore(plan)),
    proofGrants: grantLines(grantsToProve(plan)),
  };
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];
