import { forecastWords } from './forecast-words.js';
import { count, duration, moment } from './format.js';
import type { CleanupHistory, History } from './history.js';
import type { Report, Table } from './report.js';

/** What the terminal says of a history, beside the page that has the pictures. */
export function reportHistory(history: History, file: string): Report {
  const { source, days, cleanups } = history;
  return {
    sections: [
      { title: `${source}, the last ${days} days`, table: cleanupTable(cleanups) },
      { lines: forecastWords(history) },
      { lines: [`written to ${file}`] },
    ],
    json: { file, ...history },
  };
}

/** Runs by how they came to their end. */
export function countRuns({ runs }: Pick<CleanupHistory, 'runs'>) {
  const deleting = runs.filter(({ dryRun }) => !dryRun);
  const of = (status: string) => deleting.filter((run) => run.status === status).length;
  return {
    complete: deleting.filter(({ complete }) => complete).length,
    stopped: of('stopped'),
    failed: of('failed') + of('crashed'),
    skipped: of('skipped'),
    dry: runs.length - deleting.length,
  };
}

export const deletedBy = ({ runs }: Pick<CleanupHistory, 'runs'>): number =>
  runs.reduce((sum, { dryRun, deleted }) => sum + (dryRun ? 0 : deleted), 0);

/** A line for each cleanup. */
export const cleanupTable = (cleanups: readonly CleanupHistory[]): Table => ({
  columns: [
    { title: 'cleanup' },
    { title: 'latest run (UTC)' },
    { title: 'complete', right: true },
    { title: 'stopped', right: true },
    { title: 'failed', right: true },
    { title: 'rows deleted', right: true },
    { title: 'put back', right: true },
    { title: 'longest batch', right: true },
  ],
  rows: cleanups.map((one) => {
    const { complete, stopped, failed } = countRuns(one);
    return [
      one.procedure,
      moment(one.runs.at(-1)?.startedAt) || 'none',
      count(complete),
      count(stopped),
      failed === 0 ? '0' : { text: count(failed), tone: 'bad' },
      count(deletedBy(one)),
      count(one.restored),
      one.runs.length === 0 ? '' : duration(Math.max(0, ...one.runs.map(({ longestBatchMs }) => longestBatchMs))),
    ];
  }),
});
