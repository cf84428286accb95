import { loadModule } from 'libpg-query';
import type { Dialect } from '../../../../src/dialects/dialect.js';
import { findDialect } from '../../../../src/dialects/registry.js';
import { makePlan } from '../../../../src/plan/make-plan.js';
import type { Plan } from '../../../../src/plan/types.js';
import type { Policy } from '../../../../src/policy/types.js';
import { renderPlan } from '../../../../src/render/render-plan.js';
import type { Schema } from '../../../../src/schema/types.js';
import { must } from '../only.js';
import type { Reading } from '../subject.js';
import { postgresql } from './engine.js';
import { given } from './given.js';
import { readProcedure } from './read-procedure.js';
import { readTables } from './read-tables.js';

/** The parsers are WebAssembly. */
await loadModule();

export interface Files {
  readonly plan: Plan;
  readonly procedure: string;
  readonly tables: string;
}

/** A cleanup's plan and the files that are made from it; none if the schema has nothing of it. */
export function filesOf(
  policy: Policy,
  schema: Schema,
  dialect: Dialect = findDialect('postgresql'),
): Files | undefined {
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

export const read = ({ plan, procedure, tables }: Files): Reading => ({
  plan,
  procedure: readProcedure(procedure),
  own: readTables(tables),
  dialect: { engine: postgresql, given },
});
