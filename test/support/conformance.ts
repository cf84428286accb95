import { deleteRows, insertRows } from './data/insert.js';
import { readRows } from './data/read-rows.js';
import type { SessionOptions } from './data/session.js';
import { change, type Deployment, run } from './deployment.js';
import type { ModelOptions } from './model/options.js';
import { type Database, idsOf } from './model/rows.js';

/** What a run is told, as settings of the procedure. */
export const settingsFor = (options: ModelOptions): Readonly<Record<string, string | number>> => ({
  clock_uncertainty_hours: options.clockUncertaintyHours,
  safe_period_minutes: options.safePeriodMinutes,
  access_period_grants: options.accessPeriodGrants,
  audit_pruning: options.auditPruning ? 'yes' : 'no',
  audit_retention_days: options.auditRetentionDays,
});

/** How large a batch may be; `smallest` is one row where the engine walks by key, and one block elsewhere. */
export const batchSizes = {
  smallest: { batch_rows_minimum: 1, batch_rows_maximum: 1 },
  large: { batch_rows_minimum: 10_000, batch_rows_maximum: 10_000 },
} as const;

export const fill = (deployment: Deployment, database: Database, options: SessionOptions = {}): Promise<void> =>
  insertRows(deployment.query, deployment.family, deployment.schema, database, options);

export const empty = (deployment: Deployment): Promise<void> =>
  deleteRows(deployment.query, deployment.family, deployment.schema, deployment.tables);

export const read = (deployment: Deployment): Promise<Database> =>
  readRows(deployment.query, deployment.family, deployment.schema, deployment.tables);

/** Runs the cleanup on exactly these rows, and tells which are left. */
export async function survivorsAfterRun(
  deployment: Deployment,
  database: Database,
  settings: Readonly<Record<string, string | number>>,
  options: SessionOptions & { readonly call?: () => Promise<unknown> } = {},
): Promise<Readonly<Record<string, readonly string[]>>> {
  await empty(deployment);
  await fill(deployment, database, options);
  await change(deployment, settings);
  await (options.call ?? (() => run(deployment)))();
  return idsOf(await read(deployment));
}
