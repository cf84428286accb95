import type { Connection, Dialect } from '../dialects/dialect.js';
import { type Progress, runSteps } from '../server/run-statements.js';
import type { UninstallPlan } from './types.js';

/** Carries out the plan. @throws PartialError where a statement fails */
export async function applyUninstall(
  connection: Connection,
  dialect: Dialect,
  plan: UninstallPlan,
  onProgress?: (progress: Progress) => void,
): Promise<void> {
  const drops = plan.drops.map((object) => ({
    title: `drop ${object.kind} ${object.name}`,
    sql: dialect.catalog.drop(object, plan.namespace),
  }));
  await runSteps(connection, dialect, [...drops, ...plan.forget], onProgress);
}
