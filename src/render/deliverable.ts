import type { Dialect } from '../dialects/dialect.js';
import { neededGrants, type TableGrant } from '../plan/grants.js';
import type { ObjectNames, Plan } from '../plan/types.js';
import { columnsUsedBy } from '../policy/columns.js';
import { findColumn, findTable } from '../schema/find.js';
import type { Column, ColumnFamily } from '../schema/types.js';
import type { Artifact } from './artifact.js';
import { type MadeObject, objectsOf, renderPlan } from './render-plan.js';
import type { SettingValues } from './settings.js';
import { seedSettings } from './settings.js';

/** A file that gets installed, and what it makes. */
export interface DeliveredFile extends Artifact {
  readonly objects: readonly MadeObject[];
}

/** A table that the files were made for. */
export interface RequiredTable {
  readonly table: string;
  /** It may lose rows, so it must have these columns and no others; else it only needs these. */
  readonly complete: boolean;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly family: ColumnFamily }[];
}

/** One cleanup, ready to be installed here or far away: its files, and all that an installer must know of them. */
export interface Deliverable {
  readonly policy: string;
  readonly dialect: string;
  readonly source: string;
  readonly namespace?: string;
  readonly backup: Plan['backup'];
  readonly names: ObjectNames;
  /** Names of the rows that the settings table must have for the procedure. */
  readonly settings: readonly string[];
  /** In the order in which they are installed. */
  readonly files: readonly DeliveredFile[];
  readonly verify: Artifact;
  /** Verifies what all cleanups share. */
  readonly verifyShared: Artifact;
  /** Removes what is this cleanup's own. */
  readonly uninstall: Artifact;
  /** Removes what all cleanups share; folders that an older version wrote lack it. */
  readonly uninstallShared?: Artifact;
  readonly requires: readonly RequiredTable[];
  /** Backup tables and the tables whose rows they keep; none where rows are not kept. */
  readonly backups: readonly { readonly name: string; readonly source: string }[];
  readonly grants: readonly TableGrant[];
  /** What becomes of tables that are not known as the product's, a sentence each. */
  readonly otherTables: readonly string[];
}

/** Renders a plan together with all that an installer must know. */
export function deliver(plan: Plan, dialect: Dialect, settings: SettingValues): Deliverable {
  const { install, verify, verifyShared, uninstall, uninstallShared } = renderPlan(plan, dialect, settings);
  const { namespace, source } = plan.schema;
  return {
    policy: plan.policy.name,
    dialect: dialect.name,
    source,
    ...(namespace !== undefined && { namespace }),
    backup: plan.backup,
    names: plan.names,
    settings: seedSettings(plan, dialect, settings).map(({ name }) => name),
    files: install.map((artifact) => ({ ...artifact, objects: objectsOf(artifact, dialect) })),
    verify,
    verifyShared,
    uninstall,
    uninstallShared,
    requires: requirementsOf(plan),
    backups: plan.backup === 'none' ? [] : plan.backups.map(({ name, source }) => ({ name, source: source.name })),
    grants: neededGrants(plan),
    otherTables: plan.otherTables.map(({ words }) => words),
  };
}

/** Tables that may lose rows, whole, and of those that rules only look at the columns they read. */
function requirementsOf(plan: Plan): readonly RequiredTable[] {
  const whole = plan.backups.map(
    ({ source }): RequiredTable => ({
      table: source.name,
      complete: true,
      columns: source.columns.map(fact),
    }),
  );
  const uses = [
    ...plan.steps.flatMap(({ rule }) => columnsUsedBy(rule)),
    ...plan.cutOffs.flatMap(({ andLongest }) =>
      andLongest === undefined ? [] : andLongest.columns.map((column) => ({ table: andLongest.table, column })),
    ),
  ];
  const read = new Map<string, Map<string, Column>>();
  for (const use of uses) {
    const table = findTable(plan.schema, use.table);
    const column = table && findColumn(table, use.column);
    if (!table || !column || whole.some((one) => one.table === table.name)) continue;
    read.set(table.name, (read.get(table.name) ?? new Map<string, Column>()).set(column.name, column));
  }
  const parts = [...read].map(([table, columns]) => ({
    table,
    complete: false,
    columns: [...columns.values()].map(fact),
  }));
  return [...whole, ...parts];
}

const fact = ({ name, type, family }: Column): RequiredTable['columns'][number] => ({ name, type, family });
