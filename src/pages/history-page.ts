import { forecastWords, fullOn } from '../report/forecast-words.js';
import { about, bytes, count, dayInWords, duration, moment, plural } from '../report/format.js';
import type { CleanupHistory, History, ReasonRows, RunFacts } from '../report/history.js';
import type { Cell, Table } from '../report/report.js';
import { cleanupTable, countRuns, deletedBy } from '../report/report-history.js';
import { statusCell } from '../report/report-run.js';
import { type Bar, bars, figure, type Legend, lines, type PointKind, points, spans, type TimeAxis } from './charts.js';
import type { Html } from './html.js';
import { bullets, drawPage, type Fact, facts, type PageSection, paragraph, table } from './page.js';

const dayMs = 86_400_000;

/** More would be a smear: runs are drawn by the day then. */
const mostPoints = 120;

/** More is to be seen in the table only. */
const mostBars = 12;

/** The last days of the cleanups of a database, as one page. */
export const drawHistory = (history: History): string =>
  drawPage({
    title: `Cleanups of ${history.source}`,
    lead: [
      `The last ${plural(history.days, 'day')} up to ${moment(history.now)} UTC, by the run log of the database.`,
      history.server,
    ],
    sections: [
      summary(history),
      forecastSection(history),
      backlogSection(history),
      reasonSection(history),
      batchSection(history),
      slowSection(history),
      spaceSection(history),
      runSection(history),
    ],
    foot: [
      'Measured: rows, times, rests and errors, as the runs counted them; sizes and numbers of rows of tables, as the server last counted them.',
      'Estimated: growth and forecast, and marked so. Growth is what all runs deleted between two complete runs, without what was put back, divided by the days between them. A setting that was changed meanwhile counts as growth, or as the lack of it.',
      'Dead rows are counted as a backlog counts them; rows that go with them, such as the scopes of a token, count as deleted rows. All times are UTC. 1 GB is 1,000,000,000 bytes.',
      'Made by deepclean report.',
    ],
  });

function summary(history: History): PageSection {
  const { cleanups, days, forecast, errors } = history;
  const all = cleanups.map(countRuns);
  const sum = (key: keyof (typeof all)[number]): number => all.reduce((total, one) => total + one[key], 0);
  const counted = cleanups.flatMap(({ backlog }) => (backlog === undefined ? [] : [backlog]));
  const dead = counted.flat().reduce((total, { rows }) => total + rows, 0);
  const full = fullOn(history);
  const figures: readonly Fact[] = [
    {
      label: 'Rows deleted',
      value: count(cleanups.reduce((total, one) => total + deletedBy(one), 0)),
      note: `measured, in ${plural(days, 'day')}`,
    },
    {
      label: 'Runs that came to their end',
      value: `${count(sum('complete'))} of ${count(sum('complete') + sum('stopped') + sum('failed'))}`,
      note: `measured; ${sum('stopped')} stopped early, ${sum('failed')} failed`,
    },
    ...(counted.length === 0 ? [] : [{ label: 'Dead rows now', value: count(dead), note: 'measured' }]),
    ...(forecast.rowsPerDay === undefined
      ? []
      : [
          {
            label: 'Dead rows a day',
            value: about(forecast.rowsPerDay),
            note: 'estimated, with the rows that go with them',
          },
        ]),
    ...(forecast.bytesPerDay === undefined
      ? []
      : [
          {
            label: 'A month without cleaning',
            value: bytes(forecast.bytesPerDay * 30),
            note: 'estimated, without indexes',
          },
        ]),
    ...(full === undefined ? [] : [{ label: 'Disk full without cleaning', value: full, note: 'estimated' }]),
  ];
  return {
    title: 'In short',
    blocks: [
      facts(figures),
      ...(errors.length === 0
        ? []
        : [
            paragraph({
              text: `Rows raised errors and were passed over: ${errors.map(({ table: name, rows }) => `${count(rows)} of ${name}`).join(', ')}. CLEANUP_RUN_ERROR names them.`,
              tone: 'bad',
            }),
          ]),
      table('Cleanups', cleanupTable(cleanups)),
    ],
  };
}

function forecastSection(history: History): PageSection {
  const said = forecastWords(history);
  const growing = history.cleanups.flatMap(({ procedure, growth }) =>
    (growth?.tables ?? []).map((one) => ({ procedure, ...one })),
  );
  return {
    title: 'Forecast',
    blocks: [
      said.length === 0 ? paragraph('There is no cleanup of which anything could be said.') : bullets(said),
      ...forecastFigure(history),
      ...(growing.length === 0
        ? []
        : [
            table('Estimated growth of dead rows by table', {
              columns: [
                { title: 'table' },
                { title: 'cleanup' },
                { title: 'rows a day', right: true },
                { title: 'a month, without indexes', right: true },
              ],
              rows: growing.map(({ table: name, procedure, rowsPerDay, bytesPerDay }) => [
                name,
                procedure,
                about(rowsPerDay),
                bytesPerDay === undefined ? { text: 'not known', tone: 'quiet' } : bytes(bytesPerDay * 30),
              ]),
            }),
          ]),
    ],
  };
}

/** A year, or as long as it takes to fill the disk if that is longer, but never more than five. */
function forecastFigure({ now, forecast }: History): readonly Html[] {
  const { bytesPerDay = 0, peakBytes = 0, diskFreeBytes, daysUntilFull = 0 } = forecast;
  if (bytesPerDay <= 0) return [];
  const horizon = Math.min(Math.max(365, daysUntilFull * 1.15), 5 * 365);
  const at = (days: number): string => new Date(Date.parse(now) + days * dayMs).toISOString();
  const line = (from: number, upto: number) => [
    { at: at(0), value: from },
    { at: at(horizon), value: upto },
  ];
  const isNear = diskFreeBytes !== undefined && diskFreeBytes <= bytesPerDay * horizon * 1.5;
  const months = [0, 0.25, 0.5, 0.75, 1].map((part) => part * horizon);
  return [
    figure({
      id: 'forecast',
      title: 'Dead rows on the disk (estimate)',
      description: `Without cleaning they grow to ${bytes(bytesPerDay * horizon)} by ${dayInWords(at(horizon))}; with it they take ${bytes(peakBytes)} at most.`,
      draw: lines(
        [
          { words: 'without cleaning', colour: 2, points: line(0, bytesPerDay * horizon) },
          { words: 'with cleaning, at most', colour: 1, points: line(peakBytes, peakBytes) },
          ...(isNear
            ? [
                {
                  words: 'free on the disk now',
                  colour: 5 as const,
                  dashed: true,
                  points: line(diskFreeBytes, diskFreeBytes),
                },
              ]
            : []),
        ],
        { from: at(0), upto: at(horizon), label: 'dead rows, without indexes', format: bytes },
      ),
      table: {
        columns: [
          { title: 'on' },
          { title: 'without cleaning', right: true },
          { title: 'with cleaning, at most', right: true },
        ],
        rows: months.map((days) => [at(days).slice(0, 10), bytes(bytesPerDay * days), bytes(peakBytes)]),
      },
    }),
  ];
}

const complete: PointKind = { symbol: 'circle', colour: 1 };
const stopped: PointKind = { symbol: 'triangle', colour: 2 };
const dry: PointKind = { symbol: 'diamond', colour: 4 };
const counted: PointKind = { symbol: 'square', colour: 3 };

const legend: readonly (Legend & { readonly kind: PointKind })[] = [
  { kind: complete, mark: '●', colour: 1, words: 'complete run: all that was dead' },
  { kind: stopped, mark: '▲', colour: 2, words: 'run that did not come to its end: at least this much was dead' },
  { kind: dry, mark: '◆', colour: 4, words: 'dry run: counted, not deleted' },
  { kind: counted, mark: '■', colour: 3, words: 'counted for this page' },
];

const kindOf = ({ dryRun, complete: isComplete }: RunFacts): PointKind =>
  dryRun ? dry : isComplete ? complete : stopped;

function backlogSection(history: History): PageSection {
  const shown = history.cleanups.filter(({ runs, backlog }) => runs.some(isShown) || backlog !== undefined);
  return {
    title: 'Backlog and growth',
    blocks:
      shown.length === 0
        ? [nothing(history)]
        : shown.flatMap((one) => [backlogFigure(one, history), ...growthFigure(one, history)]),
  };
}

/** A run that was skipped or failed at once says nothing of what was dead. */
const isShown = ({ complete: isComplete, dead }: RunFacts): boolean => isComplete || dead > 0;

function backlogFigure({ procedure, runs, backlog }: CleanupHistory, history: History): Html {
  const worked = runs.filter(isShown);
  const perRun = worked.map((run) => ({
    at: run.startedAt,
    value: run.dead,
    kind: kindOf(run),
    words: run.whyStopped ?? run.status,
  }));
  const isDaily = perRun.length > mostPoints;
  const now = backlog?.reduce((sum, { rows }) => sum + rows, 0);
  const all = [
    ...(isDaily ? byDay(perRun) : perRun),
    ...(now === undefined ? [] : [{ at: history.now, value: now, kind: counted, words: 'counted' }]),
  ];
  const most = Math.max(0, ...all.filter(({ kind }) => kind !== counted).map(({ value }) => value));
  return figure({
    id: `backlog-${slug(procedure)}`,
    title: `${procedure}: dead rows ${isDaily ? 'by day' : 'that each run found'}`,
    description: `The most that a run found was ${count(most)}${now === undefined ? '' : `; ${count(now)} are dead now`}.`,
    legend: legend.filter(({ kind }) => all.some((point) => point.kind === kind)),
    draw: points(all, axisOf(history, 'dead rows', about)),
    table: {
      columns: [
        { title: isDaily ? 'day' : 'run began (UTC)' },
        { title: 'dead rows', right: true },
        { title: 'how it ended' },
      ],
      rows: all.map(({ at, value, words }) => [isDaily ? at.slice(0, 10) : moment(at), count(value), words]),
    },
  });
}

interface RunPoint {
  readonly at: string;
  readonly value: number;
  readonly kind: PointKind;
  readonly words: string;
}

/** The rows of a day's runs together; a day is complete if one of its runs was. */
function byDay(all: readonly RunPoint[]): readonly RunPoint[] {
  const days = new Map<string, RunPoint[]>();
  // A dry run counts what the next run deletes, which would be counted twice.
  for (const point of all.filter(({ kind }) => kind !== dry)) {
    const day = point.at.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), point]);
  }
  return [...days].map(([day, runs]) => ({
    at: `${day}T12:00:00Z`,
    value: runs.reduce((sum, { value }) => sum + value, 0),
    kind: runs.some(({ kind }) => kind === complete) ? complete : stopped,
    words: plural(runs.length, 'run'),
  }));
}

function growthFigure({ procedure, growth }: CleanupHistory, history: History): readonly Html[] {
  if (growth === undefined) return [];
  const all = daily(growth.intervals).map(({ from, upto, deadPerDay }) => ({ from, upto, value: deadPerDay }));
  const rates = all.map(({ value }) => value);
  return [
    figure({
      id: `growth-${slug(procedure)}`,
      title: `${procedure}: how fast rows die`,
      description: `Between ${about(Math.min(...rates))} and ${about(Math.max(...rates))} rows a day, from one complete run to the next.`,
      draw: spans(all, axisOf(history, 'dead rows a day', about), 3),
      table: {
        columns: [{ title: 'from (UTC)' }, { title: 'to (UTC)' }, { title: 'dead rows a day', right: true }],
        rows: all.map(({ from, upto, value }) => [moment(from), moment(upto), about(value)]),
      },
    }),
  ];
}

/** Intervals that are shorter than a day are put together until they are not. */
function daily(intervals: NonNullable<CleanupHistory['growth']>['intervals']): typeof intervals {
  const merged: { from: string; upto: string; deadPerDay: number }[] = [];
  const days = ({ from, upto }: { from: string; upto: string }): number =>
    (Date.parse(upto) - Date.parse(from)) / dayMs;
  for (const next of intervals) {
    const last = merged.at(-1);
    if (last === undefined || days(last) >= 1) {
      merged.push({ ...next });
      continue;
    }
    const dead = last.deadPerDay * days(last) + next.deadPerDay * days(next);
    last.upto = next.upto;
    last.deadPerDay = dead / days(last);
  }
  return merged;
}

function reasonSection(history: History): PageSection {
  const { reasons, cleanups } = history;
  const restored = cleanups.filter((one) => one.restored > 0);
  const rows = reasons.reduce((sum, one) => sum + one.rows, 0);
  return {
    title: 'Rows by reason',
    blocks: [
      ...(reasons.length === 0
        ? [paragraph(`No row was deleted for a reason in the last ${plural(history.days, 'day')}.`)]
        : [
            barFigure({
              id: 'reasons',
              title: 'Why rows were dead',
              description: `${count(rows)} rows were deleted for ${plural(reasons.length, 'reason')}. deepclean explain says what a reason means.`,
              all: reasons.map((one) => ({
                label: `${one.reason}, ${one.table}`,
                value: one.rows,
                text: count(one.rows),
              })),
              table: reasonTable(reasons),
            }),
          ]),
      ...restored.map((one) =>
        paragraph(`${plural(one.restored, 'row')} that ${one.procedure} had deleted were put back by restores.`),
      ),
    ],
  };
}

const reasonTable = (reasons: readonly ReasonRows[]): Table => ({
  columns: [{ title: 'reason' }, { title: 'table' }, { title: 'cleanup' }, { title: 'rows deleted', right: true }],
  rows: reasons.map(({ reason, table: name, procedure, rows }) => [reason, name, procedure, count(rows)]),
});

interface BarFigure {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Longest first. */
  readonly all: readonly Bar[];
  readonly table: Table;
}

function barFigure({ id, title, description, all, table: rows }: BarFigure): Html {
  const shown = all.slice(0, mostBars);
  const more = all.length > shown.length ? ` The chart has the ${shown.length} longest of ${all.length}.` : '';
  return figure({ id, title, description: `${description}${more}`, draw: bars(shown, 1), table: rows });
}

function batchSection(history: History): PageSection {
  const shown = history.cleanups.filter(({ runs }) => runs.some(({ batches }) => batches > 0));
  return {
    title: 'Batch times',
    blocks:
      shown.length === 0
        ? [nothing(history)]
        : [
            paragraph('A batch is one transaction: the product waits that long at most if it needs a row of it.'),
            ...shown.map((one) => batchFigure(one, history)),
          ],
  };
}

function batchFigure({ procedure, runs, batchTargetMs }: CleanupHistory, history: History): Html {
  const worked = runs.filter(({ batches }) => batches > 0);
  const all = worked.map((run) => ({ at: run.startedAt, value: run.longestBatchMs, kind: complete }));
  const drawn = all.length > mostPoints ? longestOfDay(all) : all;
  const longest = Math.max(...all.map(({ value }) => value));
  const target =
    batchTargetMs === undefined ? undefined : { value: batchTargetMs, words: `target: ${duration(batchTargetMs)}` };
  return figure({
    id: `batches-${slug(procedure)}`,
    title: `${procedure}: longest batch of each ${drawn === all ? 'run' : 'day'}`,
    description: `${duration(longest)} at most${target === undefined ? '' : `; the target is ${duration(target.value)} now`}.`,
    draw: points(drawn, axisOf(history, 'longest batch', duration), target),
    table: {
      columns: [
        { title: 'run began (UTC)' },
        { title: 'batches', right: true },
        { title: 'retries', right: true },
        { title: 'longest batch', right: true },
      ],
      rows: worked.map((run) => [
        moment(run.startedAt),
        count(run.batches),
        count(run.retries),
        duration(run.longestBatchMs),
      ]),
    },
  });
}

function longestOfDay<Measured extends { readonly at: string; readonly value: number }>(
  all: readonly Measured[],
): readonly Measured[] {
  const days = new Map<string, Measured>();
  for (const one of all) {
    const day = one.at.slice(0, 10);
    const known = days.get(day);
    if (known === undefined || one.value > known.value) days.set(day, one);
  }
  return [...days.values()];
}

function slowSection({ rests, cleanups, days }: History): PageSection {
  const tookMs = cleanups.flatMap(({ runs }) => runs).reduce((sum, run) => sum + (run.tookMs ?? 0), 0);
  return {
    title: 'Who slowed the runs',
    blocks:
      rests.length === 0
        ? [
            paragraph(
              `No run of the last ${plural(days, 'day')} waited for anything beside the rests that its duty asks for.`,
            ),
          ]
        : [
            barFigure({
              id: 'rests',
              title: 'What runs waited for',
              description: `${duration(rests.reduce((sum, { restMs }) => sum + restMs, 0))} of the ${duration(tookMs)} that all runs took; rests for their duty are not in it.`,
              all: rests.map(({ cause, restMs, runs }) => ({
                label: cause,
                value: restMs,
                text: `${duration(restMs)} in ${plural(runs, 'run')}`,
              })),
              table: {
                columns: [
                  { title: 'cause' },
                  { title: 'time', right: true },
                  { title: 'runs', right: true },
                  { title: 'as it was last' },
                ],
                rows: rests.map(({ cause, restMs, runs, detail }) => [cause, duration(restMs), count(runs), detail]),
              },
            }),
          ],
  };
}

function spaceSection({ space: { cleaned, own } }: History): PageSection {
  const known = cleaned.filter(({ bytes: size }) => size !== undefined);
  const ownBytes = own.reduce((sum, { bytes: size = 0 }) => sum + size, 0);
  return {
    title: 'Space',
    blocks: [
      ...(known.length === 0
        ? [paragraph('The server says no size of the cleaned tables to this user.')]
        : [
            barFigure({
              id: 'space',
              title: 'Tables that are cleaned',
              description: `${bytes(known.reduce((sum, { bytes: size = 0 }) => sum + size, 0))} together, as the server last counted it. What deleted rows left free inside of a table is part of it, and is used by new rows.`,
              all: known.map(({ table: name, bytes: size = 0 }) => ({ label: name, value: size, text: bytes(size) })),
              table: sizeTable(cleaned),
            }),
          ]),
      ...(ownBytes === 0
        ? []
        : [
            paragraph(
              `deepclean's own tables take ${bytes(ownBytes)}: the run log, and the copies of deleted rows until backup_retention_days are over.`,
            ),
          ]),
    ],
  };
}

const sizeTable = (sizes: History['space']['cleaned']): Table => ({
  columns: [
    { title: 'table' },
    { title: 'rows', right: true },
    { title: 'bytes a row', right: true },
    { title: 'size', right: true },
  ],
  rows: sizes.map(({ table: name, rows, rowBytes, bytes: size }) => [
    name,
    rows === undefined ? '' : count(rows),
    rowBytes === undefined ? '' : count(rowBytes),
    size === undefined ? '' : bytes(size),
  ]),
});

const latestRuns = 50;

function runSection(history: History): PageSection {
  const all = history.cleanups
    .flatMap(({ procedure, runs }) => runs.map((run) => ({ procedure, run })))
    .sort((one, other) => other.run.runId - one.run.runId);
  const shown = all.slice(0, latestRuns);
  return {
    title: 'Runs',
    blocks:
      all.length === 0
        ? [nothing(history)]
        : [
            table(`The latest ${plural(shown.length, 'run')} of ${count(all.length)}`, {
              columns: [
                { title: 'run', right: true },
                { title: 'cleanup' },
                { title: 'began (UTC)' },
                { title: 'took', right: true },
                { title: 'status' },
                { title: 'rows deleted', right: true },
                { title: 'proof' },
                { title: 'why it stopped' },
              ],
              rows: shown.map(({ procedure, run }) => [
                String(run.runId),
                procedure,
                moment(run.startedAt),
                run.tookMs === undefined ? '' : duration(run.tookMs),
                statusCell(run.status),
                run.dryRun ? { text: `${count(run.deleted)} counted`, tone: 'quiet' } : count(run.deleted),
                proofCell(run),
                `${run.whyStopped ?? ''}${run.dryRun ? ' (dry run)' : ''}`.trim(),
              ]),
            }),
          ],
  };
}

/** Whether the copies of a run were judged once more (`prove_after`). */
function proofCell({ proof }: RunFacts): Cell {
  if (proof === undefined) return { text: 'not proven', tone: 'quiet' };
  return {
    text: `${plural(proof.copies, 'copy', 'copies')}, ${count(proof.wrong)} wrong`,
    tone: proof.wrong === 0 ? 'good' : 'bad',
  };
}

const nothing = ({ days }: History): Html => paragraph(`There was no run in the last ${plural(days, 'day')}.`);

const axisOf = ({ now, days, cleanups }: History, label: string, format: (value: number) => string): TimeAxis => {
  const first = cleanups.flatMap(({ runs }) => runs.slice(0, 1).map(({ startedAt }) => startedAt)).sort()[0] ?? now;
  // A week at least, so that a run of a minute ago is no line of its own width.
  const from = Math.min(Date.parse(first) - dayMs / 2, Date.parse(now) - Math.min(days, 7) * dayMs);
  return { from: new Date(from).toISOString(), upto: now, label, format };
};

const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
