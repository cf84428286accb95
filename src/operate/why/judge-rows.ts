import type { Connection } from '../../dialects/dialect.js';
import type { Plan, PlannedStep } from '../../plan/types.js';
import type { Facts } from '../../policy/evaluate.js';
import type { Place } from '../place.js';
import { type Judgement, judge, stepsBefore } from './judge.js';
import type { Moment } from './read-facts.js';
import { type Naming, readRows } from './read-rows.js';

/** What a step says of the rows that are named, at a moment. `sees`: the lists of what earlier runs saw are there. */
export async function judgeRows(
  connection: Connection,
  place: Place,
  plan: Plan,
  step: PlannedStep,
  moment: Moment,
  naming: Naming,
  { sees }: { readonly sees: boolean },
): Promise<readonly Judgement[]> {
  const earlier = stepsBefore(step, plan);
  const read = await readRows(connection, place, step, plan.schema, naming, { sees, earlier });
  const facts: Facts = { ...moment.facts, ...read.facts, tables: {}, earlier };
  return read.rows.map((row) => judge(step, row, facts));
}
