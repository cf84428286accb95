import type { Dialect } from '../dialects/dialect.js';
import { all, unless } from '../policy/build.js';
import type { Step } from '../policy/types.js';
import type { Table } from '../schema/types.js';
import { chooseWalk, planList } from './walk.js';

/**
 * A step as it is walked. A table without key and index gives up its first so many dead rows again and again, and nothing
 * tells afterwards which row had which reason: so it is gone through once per reason, each without the rows of those before.
 */
export function stepsOfWalk(
  step: Step,
  table: Table,
  dialect: Dialect,
  listName: (name: string) => string,
): readonly Step[] {
  const { kind } = chooseWalk(table, planList(step, table, dialect, listName), dialect);
  const isKeyless = kind === 'limit' || (dialect.capabilities.keepsRunInRow && table.primaryKey.length === 0);
  if (!isKeyless || step.reasons.length < 2) return [step];
  return step.reasons.map((reason, at) => {
    const earlier = step.reasons.slice(0, at).map(({ when }) => unless(when));
    return { ...step, reasons: [earlier.length === 0 ? reason : { ...reason, when: all(...earlier, reason.when) }] };
  });
}
