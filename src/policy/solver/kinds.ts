import { columnsUsedBy } from '../columns.js';
import type { Policy } from '../types.js';
import { rulesOf } from '../visit.js';
import type { Kind, Kinds } from './draw-model.js';

/** How the numbers that stand for a policy's values are to be read. */
export function kindsOf(policy: Policy): Kinds {
  const kinds = new Map<string, Kind>();
  for (const step of policy.steps) {
    for (const { table, column, family } of columnsUsedBy(step)) {
      const kind = family === 'text' || family === 'timestamp' ? family : 'number';
      if (family !== 'any') kinds.set(`${table}.${column}`, kind);
    }
    for (const [rule, table] of rulesOf(step)) {
      if (rule.kind === 'epochBefore') kinds.set(`${table}.${rule.column}`, rule.unit);
      // Text that is read as a number.
      if (rule.kind === 'outlives') kinds.set(`${rule.periods.table}.${rule.periods.period}`, 'number');
    }
  }
  return kinds;
}
