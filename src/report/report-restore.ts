import type { RunWithSteps } from '../operate/run-types.js';
import { count, plural } from './format.js';
import type { Report } from './report.js';

/** What a restore put back, and what it left alone because it was there again or its parent is gone. */
export function reportRestore(ofRunId: number, restore: RunWithSteps, cleanup: string): Report {
  const tables = restore.steps.map(({ table, seen, restored }) => ({ table, restored, leftAlone: seen - restored }));
  const restored = tables.reduce((sum, table) => sum + table.restored, 0);
  const leftAlone = tables.reduce((sum, table) => sum + table.leftAlone, 0);
  return {
    sections: [
      {
        title: `Restore of run ${ofRunId}`,
        table: {
          columns: [{ title: 'table' }, { title: 'restored', right: true }, { title: 'left alone', right: true }],
          rows: tables
            .filter((one) => one.restored + one.leftAlone > 0)
            .map((one) => [one.table, count(one.restored), count(one.leftAlone)]),
        },
      },
      {
        lines: [
          { text: `${plural(restored, 'row')} restored, ${count(leftAlone)} left alone`, tone: 'good' },
          ...(leftAlone === 0 ? [] : ['Left alone is a row that is there again, or whose parent row is gone.']),
          ...(restored === 0
            ? []
            : [
                'They are still dead by the rule, so the next run deletes them again. If they are to stay, switch it off:',
                `  deepclean settings enabled=no --cleanup ${cleanup}`,
              ]),
        ],
      },
    ],
    json: { runId: ofRunId, restoreRunId: restore.runId, restored, leftAlone, tables },
  };
}
