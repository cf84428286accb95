import type { CopiedTable } from '../operate/copy-into.js';
import { count, plural } from './format.js';
import type { Report } from './report.js';

/** What of a run was put into another schema, to be looked at. */
export function reportCopies(runId: number, into: string, tables: readonly CopiedTable[]): Report {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return {
    sections: [
      ...(tables.length === 0
        ? []
        : [
            {
              title: `Rows of run ${runId}, in ${into}`,
              table: {
                columns: [{ title: 'table' }, { title: 'rows', right: true }],
                rows: tables.map((one) => [one.table, count(one.rows)]),
              },
            },
          ]),
      {
        lines: [
          rows === 0
            ? { text: `Run ${runId} keeps no such row; no table was made`, tone: 'warn' as const }
            : {
                text: `${plural(rows, 'row')} copied; the product and what is kept are as before`,
                tone: 'good' as const,
              },
          ...(rows === 0 ? [] : ['They may hold tokens: drop these tables when you have looked at them.']),
        ],
      },
    ],
    json: { runId, into, rows, tables },
  };
}
