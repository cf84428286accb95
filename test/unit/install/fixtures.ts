import { loadProfile } from '../../../src/dialects/profiles.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan, type PlanChoices } from '../../../src/plan/make-plan.js';
import { tokens } from '../../../src/policies/tokens.js';
import { type Deliverable, deliver } from '../../../src/render/deliverable.js';
import type { Schema } from '../../../src/schema/types.js';

export const postgresql = findDialect('postgresql');
export const mysql = findDialect('mysql');

export const schemaOf = (dialect = postgresql): Schema => loadProfile('identity-5.14', dialect);

export function deliverable(
  dialect = postgresql,
  schema = schemaOf(dialect),
  changes: Partial<PlanChoices> = {},
): Deliverable {
  const { plan, problems } = makePlan(tokens, schema, dialect, {
    prefix: 'cleanup_',
    backup: 'deleted-rows',
    ...changes,
  });
  if (plan === undefined) throw new Error(problems.map(({ what }) => what).join('\n'));
  return deliver(plan, dialect, {});
}
