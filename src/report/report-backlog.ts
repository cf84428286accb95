import { type BacklogEntry, totalOf } from '../operate/read-backlog.js';
import { count, moment } from './format.js';
import type { Report } from './report.js';

/** What the next runs would delete, by cleanup. */
export function reportBacklog(backlogs: Readonly<Record<string, readonly BacklogEntry[]>>): Report {
  const all = Object.values(backlogs).flat();
  return {
    sections: Object.entries(backlogs).map(([procedure, entries]) =>
      entries.length === 0
        ? { title: `Backlog of ${procedure}`, lines: [{ text: 'nothing is dead', tone: 'good' }] }
        : {
            title: `Backlog of ${procedure}`,
            table: {
              columns: [
                { title: 'table' },
                { title: 'reason' },
                { title: 'dead rows', right: true },
                { title: 'oldest, as written' },
              ],
              rows: [
                ...entries.map(({ table, reason, rows, oldest }) => [table, reason, count(rows), moment(oldest)]),
                [{ text: 'total', tone: 'strong' }, '', { text: count(totalOf(entries)), tone: 'strong' }, ''],
              ],
            },
          },
    ),
    json: {
      deadRows: totalOf(all),
      cleanups: Object.entries(backlogs).map(([procedure, entries]) => ({
        procedure,
        deadRows: totalOf(entries),
        backlog: entries,
      })),
    },
  };
}
