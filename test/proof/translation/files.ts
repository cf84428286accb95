import type { Dialect } from '../../../src/dialects/dialect.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import type { Plan } from '../../../src/plan/types.js';
import type { Policy } from '../../../src/policy/types.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import type { Schema } from '../../../src/schema/types.js';
import { must } from './only.js';

export interface Files {
  readonly plan: Plan;
  readonly procedure: string;
  readonly tables: string;
}

/** A cleanup's plan and the files that are made from it; none if the schema has nothing of it. */
export function filesOf(policy: Policy, schema: Schema, dialect: Dialect): Files | undefined {
  const { plan } = makePlan(policy, schema, dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
  if (plan === undefined) return undefined;
  const { install } = renderPlan(plan, dialect, {});
  const textOf = (begin: string): string =>
    must(
      install.find(({ file }) => file.startsWith(begin)),
      begin,
    ).text;
  return { plan, procedure: textOf('30-'), tables: textOf('20-') };
}
