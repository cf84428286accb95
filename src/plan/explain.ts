import type { Dialect } from '../dialects/dialect.js';
import type { Policy } from '../policy/types.js';
import type { Schema } from '../schema/types.js';
import { adviseIndexes, type IndexAdvice } from './advise.js';
import { makePlan, type PlanChoices } from './make-plan.js';
import { nameObjects } from './names.js';
import type { LeftOut, OtherTable, Walk } from './types.js';

/** A table that a cleanup would clean. */
export interface CleanedTable {
  readonly table: string;
  readonly how: string;
  readonly withRowsOf: readonly string[];
  /** A yes/no setting without which it is passed over. */
  readonly enabledBy?: string;
}

/** What a cleanup would do in a schema. */
export interface Explanation {
  readonly policy: string;
  /** The procedure's name, as it is configured. */
  readonly procedure: string;
  readonly title: string;
  readonly state: 'complete' | 'partial' | 'not for this schema' | 'refused';
  /** Each table that it would clean, and how it would go through it. */
  readonly cleans: readonly CleanedTable[];
  readonly leftOut: readonly LeftOut[];
  /** Tables of which some rows stay because this version lacks a column, and why. */
  readonly withoutReason: readonly LeftOut[];
  /** Tables that are not known as the product's, and what becomes of their rows. */
  readonly otherTables: readonly OtherTable[];
  /** Why it is refused, or is not for this schema. */
  readonly why: readonly string[];
  readonly advice: readonly IndexAdvice[];
}

/** Says what a policy would do in a schema, and what it would need. */
export function explain(policy: Policy, schema: Schema, dialect: Dialect, choices: PlanChoices): Explanation {
  const { plan, problems, absent } = makePlan(policy, schema, dialect, choices);
  const { procedure } = nameObjects(policy, dialect, choices);
  const head = { policy: policy.name, procedure, title: policy.title };
  if (plan === undefined) {
    return {
      ...head,
      state: absent === undefined ? 'refused' : 'not for this schema',
      cleans: [],
      leftOut: [],
      withoutReason: [],
      otherTables: [],
      why: absent === undefined ? problems.map(({ what }) => what) : [absent],
      advice: [],
    };
  }
  return {
    ...head,
    state: plan.leftOut.length === 0 ? 'complete' : 'partial',
    cleans: plan.steps.map(({ table, rule, walk, children, followers }) => ({
      table: table.name,
      how: walkInWords(walk),
      withRowsOf: [...new Set([...children, ...followers].map((other) => other.table.name))],
      ...(rule.enabledBy !== undefined && { enabledBy: rule.enabledBy }),
    })),
    leftOut: plan.leftOut,
    withoutReason: plan.withoutReason,
    otherTables: plan.otherTables,
    why: [],
    advice: adviseIndexes(plan, dialect),
  };
}

/** How a table is gone through. */
export function walkInWords(walk: Walk): string {
  switch (walk.kind) {
    case 'key':
      return walk.index === undefined ? `along its key, by ${walk.column.name}` : `along the index ${walk.index}`;
    case 'list':
      return `along a list that each run makes, by ${walk.column.name}`;
    case 'physical':
      return 'block by block';
    case 'limit':
      return 'from its start with each batch, for lack of a key';
  }
}
