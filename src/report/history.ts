import type { TableSize } from '../dialects/dialect.js';
import type { BacklogEntry } from '../operate/read-backlog.js';
import type { LoggedRun } from '../operate/read-history.js';
import { between } from './format.js';

/**
 * What a report says of the last days. Everything in it is measured, that is, counted by the runs or by the server, unless its
 * name is `growth` or `forecast`: these are estimates, and are absent if there is nothing that they could rest on.
 */
export interface History {
  readonly source: string;
  readonly server: string;
  /** The server's clock, UTC. */
  readonly now: string;
  readonly days: number;
  readonly cleanups: readonly CleanupHistory[];
  /** Deleted rows by the reason why they were dead, most first. */
  readonly reasons: readonly ReasonRows[];
  /** What runs waited for, longest first; without the rests that their duty asks for. */
  readonly rests: readonly Rest[];
  /** Rows that raised errors and were passed over. */
  readonly errors: readonly { readonly table: string; readonly rows: number }[];
  /** The cleaned tables, and deepclean's own; largest first. */
  readonly space: { readonly cleaned: readonly TableSize[]; readonly own: readonly TableSize[] };
  readonly forecast: Forecast;
}

export interface CleanupHistory {
  readonly procedure: string;
  readonly title: string;
  /** Without restores; oldest first. */
  readonly runs: readonly RunFacts[];
  /** Rows that restores put back. */
  readonly restored: number;
  /** What is dead now; absent unless it was counted. */
  readonly backlog?: readonly BacklogEntry[];
  /** How long a batch should take. */
  readonly batchTargetMs?: number;
  /** How fast rows die, between complete runs. */
  readonly growth?: Growth;
}

export interface RunFacts {
  readonly runId: number;
  readonly startedAt: string;
  readonly status: string;
  readonly whyStopped?: string;
  readonly dryRun: boolean;
  /** It went through all tables, so that what it found dead is all that was dead. */
  readonly complete: boolean;
  /** Rows that were dead for a reason, as a backlog counts them. */
  readonly dead: number;
  /** The same with the rows that went with them. */
  readonly deleted: number;
  readonly tookMs?: number;
  /** How long it waited, beside what its duty asks for. */
  readonly restMs: number;
  readonly batches: number;
  readonly retries: number;
  readonly longestBatchMs: number;
  /** Copies that were judged once more, and what is wrong with them; absent if the run was not proven. */
  readonly proof?: { readonly copies: number; readonly wrong: number };
}

export interface ReasonRows {
  readonly procedure: string;
  readonly table: string;
  readonly reason: string;
  readonly rows: number;
}

export interface Rest {
  readonly cause: string;
  readonly restMs: number;
  readonly runs: number;
  /** In words, as it was last. */
  readonly detail: string;
}

/** How fast rows die: what all runs deleted from one complete run up to another, by the time between their beginnings. */
export interface Growth {
  readonly from: string;
  readonly upto: string;
  readonly days: number;
  /** Longest time between two complete runs. */
  readonly longestGapDays: number;
  readonly tables: readonly TableGrowth[];
  /** Dead rows a day between each two complete runs that follow each other. */
  readonly intervals: readonly { readonly from: string; readonly upto: string; readonly deadPerDay: number }[];
}

export interface TableGrowth {
  readonly table: string;
  readonly rowsPerDay: number;
  /** Absent if the server does not know how long a row is. */
  readonly bytesPerDay?: number;
}

export interface Forecast {
  /** Why there is none for a cleanup. */
  readonly missing: readonly { readonly procedure: string; readonly why: string }[];
  /** Of all cleanups of which the growth is known. */
  readonly rowsPerDay?: number;
  /** Of the tables of which the server knows how long a row is; without indexes. */
  readonly bytesPerDay?: number;
  /** Tables that grow, and of which it does not. */
  readonly unsized: readonly string[];
  /** Lengths of rows are those of pages, which deletes leave half empty. */
  readonly isHigh: boolean;
  /** Dead bytes that come together in the longest time between two complete runs. */
  readonly peakBytes?: number;
  /** Cleanups of which the latest run did not come to its end. */
  readonly behind: readonly string[];
  readonly diskFreeBytes?: number;
  /** When rows that nobody deletes would have filled what is free. */
  readonly daysUntilFull?: number;
}

/** What a history is made of, as it was read. */
export interface HistoryFacts {
  readonly source: string;
  readonly server: string;
  readonly now: string;
  readonly days: number;
  readonly cleanups: readonly CleanupFacts[];
  readonly sizes: readonly TableSize[];
  readonly ownSizes: readonly TableSize[];
  readonly diskFreeBytes?: number;
}

export interface CleanupFacts {
  readonly procedure: string;
  readonly title: string;
  readonly runs: readonly LoggedRun[];
  readonly restores: readonly LoggedRun[];
  readonly backlog?: readonly BacklogEntry[];
  readonly batchTargetMs?: number;
}

const dayMs = 86_400_000;

export function makeHistory(facts: HistoryFacts): History {
  const { source, server, now, days, sizes, ownSizes, diskFreeBytes } = facts;
  const whole = facts.cleanups.map((one) => ({ ...one, runs: withTheirParts(one.runs) }));
  const cleanups = whole.map((one) => cleanupHistory(one, sizes));
  const runs = whole.flatMap((one) => one.runs);
  return {
    source,
    server,
    now,
    days,
    cleanups,
    reasons: whole.flatMap(reasonsOf).sort((one, other) => other.rows - one.rows),
    rests: restsOf(runs),
    errors: entriesOf(sums(runs.flatMap(({ errors }) => Object.entries(errors)))).map(([table, rows]) => ({
      table,
      rows,
    })),
    space: { cleaned: largestFirst(sizes), own: largestFirst(ownSizes) },
    forecast: forecastOf(cleanups, sizes, diskFreeBytes),
  };
}

/** Rows that were taken out of a run, to be restored, were deleted by that run all the same. */
function withTheirParts(runs: readonly LoggedRun[]): readonly LoggedRun[] {
  const wholeOf = new Map(
    runs.flatMap(({ runId, whyStopped = '' }) => {
      const [, whole] = /^part of run (\d+): /.exec(whyStopped) ?? [];
      return whole === undefined ? [] : [[runId, Number(whole)] as const];
    }),
  );
  const root = (runId: number): number => {
    const whole = wholeOf.get(runId);
    return whole === undefined || whole >= runId ? runId : root(whole);
  };
  return runs
    .filter(({ runId }) => root(runId) === runId)
    .map((run) => ({
      ...run,
      steps: runs.filter(({ runId }) => root(runId) === run.runId).flatMap(({ steps }) => steps),
    }))
    .sort((one, other) => one.startedAt.localeCompare(other.startedAt) || one.runId - other.runId);
}

function cleanupHistory(facts: CleanupFacts, sizes: readonly TableSize[]): CleanupHistory {
  const { procedure, title, backlog, batchTargetMs } = facts;
  const growth = growthOf(facts, sizes);
  return {
    procedure,
    title,
    runs: facts.runs.map(runFacts),
    restored: facts.restores.reduce((sum, { steps }) => sum + total(steps.map(({ restored }) => restored)), 0),
    ...(backlog !== undefined && { backlog }),
    ...(batchTargetMs !== undefined && { batchTargetMs }),
    ...(growth !== undefined && { growth }),
  };
}

function runFacts(run: LoggedRun): RunFacts {
  const { runId, startedAt, endedAt, status, whyStopped, dryRun, steps, rests, proofs } = run;
  return {
    runId,
    startedAt,
    status,
    ...(whyStopped !== undefined && { whyStopped }),
    dryRun,
    complete: isComplete(run),
    dead: deadRows(run),
    deleted: total(steps.map(({ deleted }) => deleted)),
    ...(endedAt !== undefined && { tookMs: between(startedAt, endedAt) }),
    restMs: total(rests.map(({ restMs }) => restMs)),
    batches: total(steps.map(({ batches }) => batches)),
    retries: total(steps.map(({ retries }) => retries)),
    longestBatchMs: Math.max(0, ...steps.map(({ longestBatchMs }) => longestBatchMs)),
    ...(proofs.length > 0 && {
      proof: {
        copies: total(proofs.map(({ copies }) => copies)),
        wrong: total(proofs.map(({ wrong, logged, copies }) => wrong + Math.abs(logged - copies))),
      },
    }),
  };
}

const isComplete = ({ status, whyStopped = '' }: LoggedRun): boolean =>
  status === 'ended' && whyStopped.startsWith('done');

const deadRows = ({ steps }: LoggedRun): number => total(steps.flatMap(({ reasons }) => Object.values(reasons)));

function reasonsOf({ procedure, runs }: CleanupFacts): readonly ReasonRows[] {
  const steps = runs.filter(({ dryRun }) => !dryRun).flatMap((run) => run.steps);
  return [...new Set(steps.map(({ table }) => table))].flatMap((table) =>
    entriesOf(sums(steps.filter((step) => step.table === table).flatMap(({ reasons }) => Object.entries(reasons)))).map(
      ([reason, rows]) => ({ procedure, table, reason, rows }),
    ),
  );
}

function restsOf(runs: readonly LoggedRun[]): readonly Rest[] {
  const causes = new Map<string, Rest>();
  for (const { rests } of runs) {
    for (const { cause, restMs, detail } of rests) {
      const known = causes.get(cause);
      causes.set(cause, { cause, restMs: restMs + (known?.restMs ?? 0), runs: 1 + (known?.runs ?? 0), detail });
    }
  }
  return [...causes.values()].sort((one, other) => other.restMs - one.restMs);
}

const longEnoughMs = dayMs;

function growthOf({ runs, restores }: CleanupFacts, sizes: readonly TableSize[]): Growth | undefined {
  const deleting = runs.filter(({ dryRun }) => !dryRun);
  const complete = deleting.filter(isComplete);
  const [first, last] = [complete[0], complete.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const spanMs = between(first.startedAt, last.startedAt);
  if (spanMs < longEnoughMs) return undefined;
  const days = spanMs / dayMs;
  const during = (from: string, upto: string) => (run: LoggedRun) => run.startedAt > from && run.startedAt <= upto;
  const counted = [...deleting, ...restores].filter(during(first.startedAt, last.startedAt));
  // A row that was put back is deleted once more, and has died once.
  const rows = sums(
    counted.flatMap(({ steps }) => steps.map(({ table, deleted, restored }) => [table, deleted - restored] as const)),
  );
  const intervals = complete.slice(1).flatMap((run, at) => {
    const from = complete[at]?.startedAt ?? run.startedAt;
    const daysBetween = between(from, run.startedAt) / dayMs;
    if (daysBetween <= 0) return [];
    const dead = total(deleting.filter(during(from, run.startedAt)).map(deadRows));
    return [{ from, upto: run.startedAt, deadPerDay: dead / daysBetween }];
  });
  return {
    from: first.startedAt,
    upto: last.startedAt,
    days,
    longestGapDays: Math.max(...intervals.map(({ from, upto }) => between(from, upto) / dayMs)),
    tables: entriesOf(rows).map(([table, number]): TableGrowth => {
      const rowsPerDay = number / days;
      const rowBytes = rowBytesOf(sizeOf(table, sizes), mostDeleted(table, deleting));
      return { table, rowsPerDay, ...(rowBytes !== undefined && { bytesPerDay: rowsPerDay * rowBytes }) };
    }),
    intervals,
  };
}

function forecastOf(
  cleanups: readonly CleanupHistory[],
  sizes: readonly TableSize[],
  diskFreeBytes: number | undefined,
): Forecast {
  const growing = cleanups.flatMap(({ growth }) => (growth === undefined ? [] : [growth]));
  const tables = growing.flatMap((growth) => growth.tables);
  const sized = growing.map(({ tables: own }) => total(own.map(({ bytesPerDay = 0 }) => bytesPerDay)));
  const bytesPerDay = total(sized);
  const isSized = tables.some((table) => table.bytesPerDay !== undefined);
  const peakBytes = total(growing.map(({ longestGapDays }, at) => longestGapDays * (sized[at] ?? 0)));
  return {
    missing: cleanups.flatMap((one) =>
      one.growth === undefined ? [{ procedure: one.procedure, why: whyNoGrowth(one) }] : [],
    ),
    ...(growing.length > 0 && { rowsPerDay: total(tables.map(({ rowsPerDay }) => rowsPerDay)) }),
    ...(isSized && { bytesPerDay, peakBytes }),
    unsized: tables.filter((table) => table.bytesPerDay === undefined).map(({ table }) => table),
    isHigh: tables.some(({ table }) => sizeOf(table, sizes)?.rowBytesOfPages === true),
    behind: cleanups.flatMap(({ procedure, runs }) => {
      const last = runs.filter(({ dryRun, status }) => !dryRun && status !== 'skipped').at(-1);
      return last === undefined || last.complete || last.status === 'running' ? [] : [procedure];
    }),
    ...(diskFreeBytes !== undefined && { diskFreeBytes }),
    ...(diskFreeBytes !== undefined && bytesPerDay > 0 && { daysUntilFull: diskFreeBytes / bytesPerDay }),
  };
}

function whyNoGrowth({ runs }: CleanupHistory): string {
  const complete = runs.filter((run) => run.complete && !run.dryRun);
  const needs = 'a forecast needs two complete runs that began a day or more apart';
  if (complete.length === 0) return `${needs}, and there is none yet`;
  return complete.length === 1 ? `${needs}, and there is one` : `${needs}, and all of them began within a day`;
}

/** Of one table, what a single run deleted at most. */
const mostDeleted = (table: string, runs: readonly LoggedRun[]): number =>
  Math.max(0, ...runs.map(({ steps }) => total(steps.map((step) => (step.table === table ? step.deleted : 0)))));

/**
 * The length of a row. Pages are left half empty by what was deleted: they held those rows, too, and by the rows that are left
 * alone each would seem far too long.
 */
function rowBytesOf(size: TableSize | undefined, deleted: number): number | undefined {
  if (size?.rowBytes === undefined || size.rowBytesOfPages !== true) return size?.rowBytes;
  const { rows = 0, rowBytes } = size;
  return rows === 0 ? undefined : (rowBytes * rows) / (rows + deleted);
}

/** Tables are called in another case by some servers than by the log. */
const sizeOf = (table: string, sizes: readonly TableSize[]): TableSize | undefined =>
  sizes.find((size) => size.table.toLowerCase() === table.toLowerCase());

const largestFirst = (sizes: readonly TableSize[]): readonly TableSize[] =>
  [...sizes].sort((one, other) => (other.bytes ?? -1) - (one.bytes ?? -1));

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

function sums(entries: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const [name, number] of entries) all.set(name, (all.get(name) ?? 0) + number);
  return all;
}

/** Those above zero, largest first. */
const entriesOf = (all: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...all].filter(([, number]) => number > 0).sort(([, one], [, other]) => other - one);
