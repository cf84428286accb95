import type { RunWithSteps } from '../operate/run-types.js';
import type { CheckedTable } from '../rehearsal/compare.js';
import { hasHeld, isWrong, type Rehearsal, type RehearsedCleanup } from '../rehearsal/types.js';
import { absentLine, bytes as bytesInWords, count, duration, plural } from './format.js';
import type { Cell, Report, Section } from './report.js';
import { reportProjection, reportSample } from './report-sample.js';

/** What a rehearsal found out. */
export function reportRehearsal(rehearsal: Rehearsal): Report {
  const { server, source, passedOver, tables, rows, bytes, cleanups, absent, changed, leavesNothing, sample } =
    rehearsal;
  return {
    sections: [
      {
        title: 'Rehearsal',
        lines: [
          `on ${server}`,
          `${source}: ${plural(tables, 'table')}, ${plural(rows, 'row')}, ${bytesInWords(bytes)} in them`,
          ...(passedOver.length === 0 ? [] : [`${plural(passedOver.length, 'statement')} passed over:`]),
          ...passedOver.slice(0, 10).map((one) => `- ${one}`),
          ...(absent.length === 0 ? [] : [absentLine(absent)]),
        ],
      },
      ...(sample === undefined ? [] : [reportSample(sample)]),
      overview(cleanups),
      ...(sample === undefined ? [] : [reportProjection(cleanups)]),
      ...cleanups.flatMap((one) => sectionsOf(one)),
      {
        title: 'Afterwards',
        lines: [
          changed.length === 0
            ? good('restored: every row of every table is as it was')
            : bad(`${plural(changed.length, 'table')} not as before: ${changed.map(changedInWords).join('; ')}`),
          leavesNothing
            ? good('uninstalled: nothing is left behind')
            : bad('uninstalled: the schema is not what it was'),
          hasHeld(rehearsal) ? good('All of it held.') : bad('Not all of it held: do not install this.'),
        ],
      },
    ],
    json: { ok: hasHeld(rehearsal), ...rehearsal },
  };
}

const good = (text: string): Cell => ({ text, tone: 'good' });
const bad = (text: string): Cell => ({ text, tone: 'bad' });

function overview(cleanups: readonly RehearsedCleanup[]): Section {
  return {
    title: 'Cleanups',
    table: {
      columns: [
        { title: 'procedure' },
        { title: 'dead rows', right: true },
        { title: 'deleted', right: true },
        { title: 'took', right: true },
        { title: 'rows/s', right: true },
        { title: 'longest batch', right: true },
        { title: 'kept', right: true },
        { title: 'live rows lost', right: true },
        { title: 'restored in', right: true },
      ],
      rows: cleanups.map((one) => {
        const deleted = deletedBy(one.run);
        const lost = sum(one.tables, ({ liveRowsLost }) => liveRowsLost);
        return [
          one.procedure,
          count(sum(one.judged, ({ dead }) => dead)),
          count(deleted),
          duration(one.runMs),
          count((deleted * 1000) / Math.max(one.runMs, 1)),
          duration(longestBatch(one.run)),
          bytesInWords(sum(one.tables, ({ bytesKept }) => bytesKept)),
          { text: count(lost), tone: lost === 0 ? ('good' as const) : ('bad' as const) },
          one.restore === undefined ? '' : duration(one.restore.ms),
        ];
      }),
    },
  };
}

function sectionsOf({ procedure, run, failure, tables, restore, judged }: RehearsedCleanup): readonly Section[] {
  const wrong = tables.filter(isWrong);
  const left = sum(tables, ({ deadRowsLeft }) => deadRowsLeft);
  const rows = sum(judged, (one) => one.rows);
  const lines: Cell[] = [
    ...(failure === undefined ? [] : [bad(`it failed: ${failure}`)]),
    ...(run === undefined || run.status === 'ended' ? [] : [bad(`run ${run.runId}: ${run.status}, ${run.whyStopped}`)]),
    ...wrong.flatMap(wrongInWords),
    ...(wrong.length > 0
      ? []
      : [good(`${plural(rows, 'row')} judged once more, in memory: no live row is gone, and no row was changed`)]),
    ...(left === 0
      ? []
      : [{ text: `${plural(left, 'dead row')} still there: passed over, or dead only since`, tone: 'warn' as const }]),
    ...(restore?.failure === undefined ? [] : [bad(`restore: ${restore.failure}`)]),
    ...(restore === undefined || restore.leftAlone === 0
      ? []
      : [bad(`restore: ${plural(restore.leftAlone, 'row')} did not come back`)]),
  ];
  return [
    {
      title: procedure,
      lines,
      table: {
        columns: [
          { title: 'table' },
          { title: 'before', right: true },
          { title: 'after', right: true },
          { title: 'kept', right: true },
          { title: 'live rows lost', right: true },
          { title: 'left and kept = before' },
        ],
        rows: tables.map((one) => [
          one.table,
          count(one.rowsBefore),
          count(one.rowsAfter),
          count(one.rowsKept),
          { text: count(one.liveRowsLost), tone: one.liveRowsLost === 0 ? ('good' as const) : ('bad' as const) },
          one.isConserved === undefined ? '' : one.isConserved ? good('yes, each row') : bad('NO'),
        ]),
      },
    },
  ];
}

function wrongInWords({ table, liveRowsLost, lost, isConserved }: CheckedTable): readonly Cell[] {
  const named = lost.length === 0 ? '' : `, such as ${lost.join('; ')}`;
  return [
    ...(liveRowsLost > 0 ? [bad(`${table}: ${plural(liveRowsLost, 'live row')} lost${named}`)] : []),
    ...(isConserved === false
      ? [bad(`${table}: what is left and what is kept are together not what was there: rows are lost, or changed`)]
      : []),
  ];
}

const changedInWords = ({ table, rowsBefore, rowsAfter }: Rehearsal['changed'][number]): string =>
  `${table} (${count(rowsBefore)} rows before, ${count(rowsAfter)} now)`;

const deletedBy = (run: RunWithSteps | undefined): number => sum(run?.steps ?? [], ({ deleted }) => deleted);

const longestBatch = (run: RunWithSteps | undefined): number =>
  Math.max(0, ...(run?.steps ?? []).map(({ longestBatchMs }) => longestBatchMs));

const sum = <One>(list: readonly One[], of: (one: One) => number): number =>
  list.reduce((all, one) => all + of(one), 0);
