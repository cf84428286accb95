import type { RestoredTable } from '../operate/restore-run.js';
import { count, plural } from './format.js';
import type { Report } from './report.js';

/** What a restore put back, and what it left alone because it was there again or its parent is gone. */
export function reportRestore(
  ofRunId: number,
  restoreRunId: number | undefined,
  tables: readonly RestoredTable[],
  cleanup: string,
  partRunId?: number,
): Report {
  const sum = (of: (table: RestoredTable) => number): number => tables.reduce((total, table) => total + of(table), 0);
  const restored = sum((table) => table.restored);
  const leftAlone = sum((table) => table.leftAlone);
  const isExplained = tables.every(({ thereAgain }) => thereAgain !== undefined);
  const isPart = partRunId !== undefined && partRunId !== ofRunId;
  return {
    sections: [
      {
        title: `Restore of run ${ofRunId}`,
        table: {
          columns: [
            { title: 'table' },
            { title: 'restored', right: true },
            ...(isExplained ? ['there again', 'parent gone'] : ['left alone']).map((title) => ({ title, right: true })),
          ],
          rows: tables
            .filter((one) => one.restored + one.leftAlone > 0)
            .map((one) => [
              one.table,
              count(one.restored),
              ...(isExplained ? [one.thereAgain ?? 0, one.parentGone ?? 0] : [one.leftAlone]).map(count),
            ]),
        },
      },
      {
        lines: [
          { text: `${plural(restored, 'row')} restored, ${count(leftAlone)} left alone`, tone: 'good' },
          ...(leftAlone === 0 || isExplained
            ? []
            : ['Left alone is a row that is there again, or whose parent row is gone.']),
          ...(isPart ? [`The selected rows are kept as run ${partRunId} now, the rest as run ${ofRunId}.`] : []),
          ...(restored === 0
            ? []
            : [
                'They are still dead by the rule, so the next run deletes them again. If they are to stay, switch it off:',
                `  deepclean settings enabled=no --cleanup ${cleanup}`,
              ]),
        ],
      },
    ],
    json: {
      runId: ofRunId,
      ...(restoreRunId !== undefined && { restoreRunId }),
      ...(isPart && { partRunId }),
      restored,
      leftAlone,
      ...(isExplained && {
        thereAgain: sum((table) => table.thereAgain ?? 0),
        parentGone: sum((table) => table.parentGone ?? 0),
      }),
      tables,
    },
  };
}
