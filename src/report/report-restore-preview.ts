import { comesBack, isPruned, type TablePreview } from '../operate/preview-restore.js';
import { count, plural } from './format.js';
import type { Report } from './report.js';

/** What a restore of a run would put back, and what it would leave alone. */
export function reportRestorePreview(runId: number, tables: readonly TablePreview[], selection?: string): Report {
  const sum = (of: (table: TablePreview) => number): number => tables.reduce((total, table) => total + of(table), 0);
  const pruned = tables.filter(isPruned);
  const back = pruned.length > 0 ? 0 : sum(comesBack);
  const leftAlone = sum(({ thereAgain, parentGone }) => thereAgain + parentGone);
  return {
    sections: [
      {
        title: `What a restore of run ${runId}${selection === undefined ? '' : ` (${selection})`} would do`,
        table: {
          columns: [
            { title: 'table' },
            { title: 'deleted', right: true },
            { title: 'kept', right: true },
            ...(selection === undefined ? [] : [{ title: 'selected', right: true }]),
            { title: 'comes back', right: true },
            { title: 'there again', right: true },
            { title: 'parent gone', right: true },
          ],
          rows: tables.map((one) => [
            one.table,
            count(one.deleted),
            count(one.kept),
            ...(selection === undefined ? [] : [count(one.selected)]),
            count(comesBack(one)),
            count(one.thereAgain),
            count(one.parentGone),
          ]),
        },
      },
      {
        lines:
          pruned.length > 0
            ? [
                {
                  text: `It would refuse: of ${pruned.map(({ table }) => table).join(', ')}, copies are gone. Their retention is over.`,
                  tone: 'bad',
                },
                'What is left could be the older rows of a session whose newer ones are gone, so nothing is put back.',
              ]
            : [
                {
                  text: `${plural(back, 'row')} would come back, ${count(leftAlone)} would be left alone`,
                  tone: 'good',
                },
                'Nothing was changed.',
              ],
      },
    ],
    json: {
      runId,
      wouldRefuse: pruned.length > 0,
      comesBack: back,
      leftAlone,
      tables: tables.map((one) => ({ ...one, comesBack: comesBack(one) })),
    },
  };
}
