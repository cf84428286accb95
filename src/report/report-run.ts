import type { Run, RunStep, RunWithSteps } from '../operate/run-types.js';
import { between, count, duration, moment, plural } from './format.js';
import type { Cell, Report, Section, Table, Tone } from './report.js';

const tones: Readonly<Record<string, Tone>> = {
  ended: 'good',
  running: 'strong',
  stopped: 'warn',
  skipped: 'warn',
  failed: 'bad',
  crashed: 'bad',
};

/** A run's status, in its colour. */
export const statusCell = (status: string): Cell => ({ text: status, tone: tones[status] ?? 'quiet' });

/** What one run did, table by table, and why it stopped. */
export function reportRun(run: RunWithSteps): Report {
  return { sections: runSections(run), json: runJson(run) };
}

/** A run as text: a headline, what happened, and its tables. */
export function runSections(run: RunWithSteps): readonly Section[] {
  const took = run.endedAt === undefined ? undefined : between(run.startedAt, run.endedAt);
  const deleted = deletedRows(run);
  const rate =
    took === undefined || took <= 0 || deleted === 0 || run.dryRun ? '' : `, ${count((deleted * 1000) / took)} rows/s`;
  const verb = run.dryRun ? 'would be deleted (dry run: nothing was)' : 'deleted';
  const restored = run.steps.reduce((sum, step) => sum + step.restored, 0);
  const why = run.whyStopped === undefined || run.whyStopped === 'done' ? '' : `: ${run.whyStopped}`;
  const lines: (string | Cell)[] = [
    { ...statusCell(run.status), text: `${run.status}${why}` },
    `began ${moment(run.startedAt)} UTC by ${run.startedBy}${took === undefined ? '' : `, took ${duration(took)}`}`,
    ...cutOffLine(run),
    ...run.rests.map(({ cause, detail, restMs }) => `rested ${duration(restMs)} for ${cause}: ${detail}`),
    ...proofLines(run),
    ...restoresOf(run),
    restored > 0 ? `${plural(restored, 'row')} restored` : `${plural(deleted, 'row')} ${verb}${rate}`,
  ];
  const worked = run.steps.filter((step) => step.seen + step.deleted + step.batches > 0);
  return [
    { title: `Run ${run.runId} of ${run.procedure}`, lines },
    ...(worked.length === 0 ? [] : [{ table: stepTable(worked, run.dryRun) }]),
    ...(worked.some(hasReasons) ? [{ table: reasonTable(worked, run.dryRun) }] : []),
  ];
}

/** What became of the rows that it judged once more. */
function proofLines({ proofs }: RunWithSteps): readonly Cell[] {
  if (proofs.length === 0) return [];
  const copies = proofs.reduce((sum, proof) => sum + proof.copies, 0);
  const wrong = proofs.reduce((sum, proof) => sum + proof.wrong, 0);
  const missing = proofs.filter((proof) => proof.copies !== proof.logged);
  const good = wrong === 0 && missing.length === 0;
  return [
    { text: `proven: ${plural(copies, 'copy', 'copies')}, ${count(wrong)} wrong`, tone: good ? 'good' : 'bad' },
    ...missing.map(
      ({ table, copies: kept, logged }): Cell => ({
        text: `${table}: ${count(kept)} kept of ${plural(logged, 'deleted row')}`,
        tone: 'bad',
      }),
    ),
  ];
}

/** By what it was restored. */
export const restoresOf = ({ restoredBy = [] }: Run): readonly string[] =>
  restoredBy.map(({ runId, whole }) => `restored${whole ? '' : ' in part'} by run ${runId}`);

const cutOffLine = ({ cutOff }: RunWithSteps): readonly string[] =>
  cutOff === undefined ? [] : [`the first cut-off is ${moment(cutOff)} UTC`];

function stepTable(steps: readonly RunStep[], dryRun: boolean): Table {
  return {
    columns: [
      { title: 'table' },
      { title: 'seen', right: true },
      { title: dryRun ? 'dead' : 'deleted', right: true },
      { title: 'batches', right: true },
      { title: 'retries', right: true },
      { title: 'longest batch', right: true },
    ],
    rows: steps.map((step) => [
      step.table,
      // Rows that only go with another table's are not looked at by themselves.
      step.batches === 0 ? '' : count(step.seen),
      count(step.deleted),
      step.batches === 0 ? '' : count(step.batches),
      step.batches === 0 ? '' : count(step.retries),
      step.batches === 0 ? '' : duration(step.longestBatchMs),
    ]),
  };
}

const hasReasons = ({ reasons }: RunStep): boolean => Object.keys(reasons).length > 0;

const reasonTable = (steps: readonly RunStep[], dryRun: boolean): Table => ({
  columns: [{ title: 'table' }, { title: 'reason' }, { title: dryRun ? 'dead' : 'deleted', right: true }],
  rows: steps.flatMap(({ table, reasons }) =>
    Object.entries(reasons).map(([reason, rows]) => [table, reason, count(rows)]),
  ),
});

/** Rows deleted from all tables, those that hang on others included. */
export const deletedRows = (run: RunWithSteps): number => run.steps.reduce((sum, step) => sum + step.deleted, 0);

/** A run for programs: the log's own facts, and what follows from them. */
export function runJson(run: RunWithSteps): Record<string, unknown> {
  const took = run.endedAt === undefined ? undefined : between(run.startedAt, run.endedAt);
  const deleted = deletedRows(run);
  return {
    ...run,
    deleted,
    ...(took !== undefined && {
      durationMs: took,
      rowsPerSecond: took > 0 ? Math.round((deleted * 1000) / took) : 0,
    }),
  };
}
