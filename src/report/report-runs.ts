import type { Run, RunWithSteps } from '../operate/run-types.js';
import { changedSettings, heldUntilMs, type Setting } from '../operate/settings.js';
import { between, duration, moment } from './format.js';
import type { Report, Section, Table } from './report.js';
import { restoresOf, runJson, runSections, statusCell } from './report-run.js';
import { unreadableLines } from './report-settings.js';

export interface StatusFacts {
  readonly runs: readonly Run[];
  /** The run that is shown with its tables. */
  readonly chosen?: RunWithSteps;
  /** Procedures that run at this moment, by their lock. */
  readonly running: readonly string[];
  /** Settings by procedure. */
  readonly settings?: Readonly<Record<string, readonly Setting[]>>;
  /** Those that differ from the defaults were asked for. */
  readonly withSettings?: boolean;
}

/** The run history, one run in full, and what is set differently. */
export function reportRuns({ runs, chosen, running, settings = {}, withSettings = false }: StatusFacts): Report {
  const changed = Object.entries(settings).map(([procedure, all]) => [procedure, changedSettings(all)] as const);
  return {
    sections: [
      runs.length === 0 ? { lines: ['No run yet.'] } : { table: runTable(runs) },
      ...orphanSection(runs, running),
      ...(running.length === 0
        ? []
        : [{ lines: [{ text: `running now: ${running.join(', ')}`, tone: 'strong' } as const] }]),
      ...heldSection(settings),
      ...(chosen ? runSections(chosen) : []),
      ...Object.values(settings).flatMap(unreadableLines),
      ...(withSettings ? changed : []).map(([procedure, different]) => ({
        title: `Settings of ${procedure} that differ from the defaults`,
        ...(different.length === 0 ? { lines: ['none'] } : { table: changedTable(different) }),
      })),
    ],
    json: {
      runs,
      running,
      ...(chosen && { run: runJson(chosen) }),
      ...(withSettings && { changedSettings: Object.fromEntries(changed) }),
    },
  };
}

/** Runs rest meanwhile; the reason should be told. */
function heldSection(settings: Readonly<Record<string, readonly Setting[]>>): readonly Section[] {
  const lines = Object.entries(settings).flatMap(([procedure, all]) => {
    const untilMs = heldUntilMs(all, Date.now());
    return untilMs === undefined
      ? []
      : [{ text: `held until ${moment(new Date(untilMs).toISOString())} UTC: ${procedure}`, tone: 'strong' as const }];
  });
  return lines.length === 0 ? [] : [{ lines }];
}

/** The log of a run whose session died stays as it was until the next run finds it. */
function orphanSection(runs: readonly Run[], running: readonly string[]): readonly Section[] {
  const orphans = runs.filter(({ status, procedure }) => status === 'running' && !running.includes(procedure));
  return orphans.map(({ runId }) => ({
    lines: [
      {
        text: `run ${runId} is in the log as running, but no session runs it: the next run marks it as crashed`,
        tone: 'warn',
      },
    ],
  }));
}

function runTable(runs: readonly Run[]): Table {
  return {
    columns: [
      { title: 'run', right: true },
      { title: 'procedure' },
      { title: 'began (UTC)' },
      { title: 'took', right: true },
      { title: 'status' },
      { title: 'why stopped' },
    ],
    rows: runs.map((run) => [
      String(run.runId),
      run.procedure,
      moment(run.startedAt),
      run.endedAt === undefined ? '' : duration(between(run.startedAt, run.endedAt)),
      statusCell(run.status),
      [`${run.whyStopped ?? ''}${run.dryRun ? ' (dry run)' : ''}`.trim(), ...restoresOf(run)]
        .filter((words) => words !== '')
        .join('; '),
    ]),
  };
}

const changedTable = (settings: readonly Setting[]): Table => ({
  columns: [
    { title: 'setting' },
    { title: 'value', right: true },
    { title: 'default', right: true },
    { title: 'unit' },
  ],
  rows: settings.map(({ name, value, default: shipped, unit }) => [
    name,
    { text: value, tone: 'strong' },
    shipped ?? '',
    unit ?? '',
  ]),
});
