import { mssql } from '../../src/dialects/mssql/index.js';
import { readBacklog } from '../../src/operate/read-backlog.js';
import { readRun, readRuns } from '../../src/operate/read-runs.js';
import { runCleanup } from '../../src/operate/run-cleanup.js';
import { readSettings, setSettings } from '../../src/operate/settings.js';
import { splitRun } from '../../src/operate/split-run.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { selectionOf } from '../../src/plan/selection.js';
import type { BackupMode, Plan } from '../../src/plan/types.js';
import { policies } from '../../src/policies/index.js';
import type { Artifact } from '../../src/render/artifact.js';
import { renderPlan } from '../../src/render/render-plan.js';
import { parseSchedule, type ScheduleText } from '../../src/schedule/model.js';
import { renderSchedule } from '../../src/schedule/render-schedule.js';
import type { Schema } from '../../src/schema/types.js';
import { asked } from './asked.js';
import { createTables } from './data/create-tables.js';
import { LineProgram } from './line-program.js';

/** What the summary of a run calls it where this machine has none. */
export const modelName = "DacFx, Microsoft's model of a SQL Server database (by .NET)";

/** A file, or a query with the parameters that its caller gives. */
export interface Text {
  readonly name: string;
  readonly sql: string;
  readonly parameters?: string;
}

/** All SQL of one installation, and the product's tables that it is for. */
export interface Sources {
  readonly tables: Text;
  readonly files: readonly Text[];
  /** Tables that keep what is deleted. The first stands for a name that only a call knows, where SQL is put together at run. */
  readonly kept: readonly string[];
}

export interface Problem {
  readonly kind: string;
  readonly place: string;
  readonly says: string;
}

export interface Answer {
  readonly problems: readonly Problem[];
  /** What the rules say that DacFx brings along, if they were asked for. */
  readonly findings: readonly Problem[];
  readonly figures: Readonly<Record<'texts' | 'batches' | 'statements' | 'modules' | 'putTogether', number>>;
}

/** Whose rules count when names are bound, and whether those are asked that DacFx brings along. */
export interface Choices {
  readonly server: 'Sql130' | 'Sql160' | 'SqlAzure';
  readonly analyse?: boolean;
}

/** test/tools/mssql-model */
export const model = new LineProgram<Sources & Choices, Answer>('mssql-model');

/** Everything that is rendered for a schema, installed, scheduled and asked in it. */
export async function sourcesOf(
  schema: Schema,
  prefix = 'cleanup_',
  cleanups = policies,
  backup: BackupMode = 'deleted-rows',
): Promise<Sources> {
  const plans = cleanups.flatMap((policy) => {
    const { plan } = makePlan(policy, schema, mssql, { prefix, backup });
    return plan === undefined ? [] : [plan];
  });
  const rendered = plans.map((plan) => renderPlan(plan, mssql, {}));
  const artifacts = rendered.flatMap(({ install, verify, verifyShared, uninstall, uninstallShared }) => [
    ...install,
    verify,
    verifyShared,
    uninstall,
    uninstallShared,
  ]);
  const [first] = plans;
  if (first === undefined) throw new Error(`nothing is cleaned in ${schema.source}`);
  return {
    tables: { name: 'tables.sql', sql: tablesOf(schema) },
    files: [
      // What all cleanups share is rendered with each of them.
      ...new Map(artifacts.map(({ file, text }: Artifact) => [file, { name: file, sql: text }])).values(),
      // The same of each cleanup, but for its name.
      ...schedulesOf(first),
      ...(await operationsOf(first)),
      ...(backup === 'deleted-rows' ? await partsOf(first) : []),
      ...(await catalogQueriesOf(first)),
    ],
    kept: plans.flatMap(({ backups }) => backups.map(({ name }) => name)),
  };
}

/** The product's tables, in the namespace that the schema names. */
function tablesOf(schema: Schema): string {
  const names = schema.tables.map(({ name }) => name);
  const place = `[${schema.namespace}].[`;
  return createTables(schema, 'mssql', names)
    .map((sql) => sql.replace(/(?<=\b(?:CREATE TABLE|ALTER TABLE|ON|REFERENCES) )\[/g, place))
    .join('\nGO\n');
}

const schedules: readonly ScheduleText[] = [
  { every: '15m' },
  { every: '6h', enabled: 'yes' },
  { every: '1d', at: '01:00', enabled: 'no', window: '01:00-05:00' },
  { every: '1w', at: '03:30', on: 'sunday', notifyOperator: "the DBA's" },
];

function schedulesOf({ names, schema: { namespace } }: Plan): readonly Text[] {
  return schedules.flatMap((schedule, at) =>
    renderSchedule({
      dialect: mssql,
      schedule: parseSchedule(schedule),
      procedure: names.procedure,
      namespace,
      settingTable: names.setting,
      scheduleName: `${names.procedure}_schedule`,
    })
      .files.filter(({ name }) => name.endsWith('.sql'))
      .map(({ name, text }) => ({ name: `${names.procedure} ${at} ${name}`, sql: text })),
  );
}

/** What the command line asks of one cleanup that is installed. */
async function operationsOf(plan: Plan): Promise<readonly Text[]> {
  const { policy, names, schema } = plan;
  const { namespace } = schema;
  const { connection, queries } = asked([[/SELECT NAME FROM .*stop_requested/, [{ NAME: 'stop_requested' }]]]);
  const place = { dialect: mssql, policy, names, ...(namespace !== undefined && { namespace }) };
  await readSettings(connection, place);
  await setSettings(connection, place, { stop_requested: 'yes' });
  await readRuns(connection, place, { last: 5, procedures: [names.procedure] });
  await readRun(connection, place, 1);
  await readBacklog(connection, place);
  for (const dryRun of [true, false])
    await runCleanup(connection, connection, place, { dryRun, pollMs: 1, onProgress: () => undefined });
  return [...new Set(queries)].map((sql, at) => ({ name: `${names.procedure} query ${at}`, sql }));
}

/** What restores a part of a run, and looks at one. */
async function partsOf(plan: Plan): Promise<readonly Text[]> {
  const { policy, names, schema } = plan;
  const { namespace } = schema;
  const place = { dialect: mssql, policy, names, ...(namespace !== undefined && { namespace }) };
  const { connection, queries } = asked([
    [/AS granted/, [{ granted: 0 }]],
    [/there_again/, [{ kept: 2, there_again: 0, parent_gone: 1 }]],
    [/ AS word/, [{ word: 'a reason', n: 5 }]],
    [/AS n FROM \S*RUN WHERE STATUS/, [{ n: 0 }]],
    [/ AS n /, [{ n: 5 }]],
  ]);
  const selection = selectionOf({ key: 'a', ...(policy.name === 'tokens' && { user: "o'b" }) }, plan);
  await splitRun(connection, place, plan, 1, selection);
  return [...new Set(queries)].map((sql, at) => ({ name: `part of ${names.procedure} ${at}`, sql }));
}

/** What the installer and the schedule ask of the server's catalog, and what they change by hand. */
async function catalogQueriesOf({ backups, names, schema: { namespace = 'dbo' } }: Plan): Promise<readonly Text[]> {
  const { connection, queries } = asked([
    [/ProductVersion/, [{ version: '13.0.4001', minutes_ahead: 0 }]],
    [/AS visible/, [{ visible: 1 }]],
    [/sysjobs_view AS j/, [{ name: 'job', enabled: 1, minutes_ahead: 0 }]],
  ]);
  const used = new Set<string>();
  const [catalog, scheduler] = [noting(mssql.catalog, used), noting(mssql.scheduler, used)];
  const [backup] = backups;
  const keyless = backups.find(({ source }) => source.primaryKey.length === 0);
  if (backup === undefined) throw new Error('no table is kept');
  const job = { scheduleName: 'schedule', procedure: names.procedure, namespace, database: 'wso2' };
  await catalog.readServer(connection);
  await catalog.readTables(connection, namespace);
  const privileges = [...catalog.installPrivileges, ...(catalog.callPrivileges ?? [])];
  const grants = [
    ...privileges.map((privilege) => ({ privilege, on: '*' })),
    { privilege: 'EXECUTE', on: names.procedure },
  ];
  await catalog.missingGrants(connection, grants, namespace);
  await catalog.existing(connection, [names.procedure, names.setting], namespace);
  await catalog.objectsLike(connection, 'cleanup_', namespace);
  await catalog.tableSizes(connection, [backup.source.name], namespace);
  await catalog.routinesMentioning(connection, "the DBA's", namespace);
  await catalog.running(connection, [names.procedure], namespace, names.lock);
  await catalog.lockRun(connection, names.procedure, namespace, names.lock);
  await scheduler.examine(connection, job);
  await scheduler.readJob(connection, job);
  const column = { ...backup.columns[0], name: 'KEPT' } as (typeof backup.columns)[number];
  const change = { table: backup.name, column, nullable: true } as const;
  const [existing = column] = backup.columns;
  const key = ['RUN_ID', ...backup.source.primaryKey];
  const changes = [
    catalog.drop({ name: names.procedure, kind: 'procedure' }, namespace),
    catalog.drop({ name: backup.name, kind: 'table' }, namespace),
    // The model has no such column of a table that has a key.
    ...catalog.addKey((keyless ?? backup).name, 'KEPT_ROW', namespace).slice(0, keyless === undefined ? 1 : 2),
    catalog.changeColumn({ ...change, change: 'add' }, namespace),
    catalog.changeColumn({ ...change, column: existing, change: 'retype', nullable: false, key }, namespace),
    catalog.storedHashes(new Set(['table', 'view', 'procedure']), namespace).join('\n'),
    ...catalog.grantsInWords(grants, namespace).map((words) => `GRANT ${words} TO public;`),
  ];
  const unused = Object.keys({ ...mssql.catalog, ...mssql.scheduler }).filter((name) => !used.has(name));
  // Words for the templates, and what answers without a query.
  const known = ['deleteRule', 'jobsDatabase', 'intervals', 'options'];
  if (unused.some((name) => !known.includes(name))) throw new Error(`nothing is bound of ${unused.join(', ')}`);
  return [...queries, ...changes].map((sql, at) => ({
    name: `catalog query ${at}`,
    sql,
    // The driver sends a text as NVARCHAR.
    ...(/@p1\b/.test(sql) && { parameters: '@p1 NVARCHAR(4000)' }),
  }));
}

/** The same, that notes what is taken of it. */
const noting = <Part extends object>(part: Part, used: Set<string>): Part =>
  new Proxy(part, {
    get(target, name) {
      used.add(String(name));
      return Reflect.get(target, name);
    },
  });
