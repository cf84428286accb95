import type { Connection } from '../dialects/dialect.js';
import { DeepcleanError, UsageError } from '../errors.js';
import type { Plan } from '../plan/types.js';
import { ask, type Place, qualified } from './place.js';
import { previewRestore } from './preview-restore.js';
import { newestRunId, readRun, readRunsAfter } from './read-runs.js';
import type { Run, RunWithSteps } from './run-types.js';

/** What a restore did to one table. */
export interface RestoredTable {
  readonly table: string;
  readonly restored: number;
  readonly leftAlone: number;
  /** Why they were left alone, where that can be told: a row with its key is there again … */
  readonly thereAgain?: number;
  /** … or the row that it refers to is gone. */
  readonly parentGone?: number;
}

/**
 * Puts back the rows that a run deleted, batch by batch: what is back stays back, and a restore that stopped goes on when it
 * is called again. Returns the log of the restore: rows seen and restored by table.
 */
export async function restoreRun(
  connection: Connection,
  place: Place,
  runId: number,
): Promise<RunWithSteps | undefined> {
  const afterRunId = await newestRunId(connection, place);
  await ask(
    connection,
    place,
    place.dialect.expressions.call(qualified(place, place.names.restore), Math.trunc(runId)),
  );
  const [restore] = await readRunsAfter(connection, place, place.names.restore, afterRunId);
  return restore && readRun(connection, place, restore.runId);
}

/**
 * What a restore did, by table, and why it left rows alone: those that are not there now lack their parent. Only who may read
 * the product's tables can tell.
 *
 * @param kept rows of a part of the run that stayed with the rest, as their parent is gone
 */
export async function explainRestore(
  connection: Connection,
  place: Place,
  plan: Plan | undefined,
  {
    runId,
    restore,
    kept,
  }: {
    readonly runId: number;
    readonly restore: RunWithSteps | undefined;
    readonly kept: ReadonlyMap<string, number>;
  },
): Promise<readonly RestoredTable[]> {
  const steps = restore?.steps ?? [];
  const isWhole = steps.every(({ seen, restored }) => seen === restored);
  const previews =
    isWhole || plan === undefined
      ? []
      : await previewRestore(connection, place, plan, runId).catch((error: unknown) => {
          if (error instanceof DeepcleanError) return [];
          throw error;
        });
  const tables = [...new Set([...steps.map(({ table }) => table), ...kept.keys()])];
  return tables.map((table) => {
    const { seen = 0, restored = 0 } = steps.find((step) => step.table === table) ?? {};
    const stayed = kept.get(table) ?? 0;
    const preview = previews.find((one) => one.table.toLowerCase() === table.toLowerCase());
    const orphans = seen === restored ? 0 : preview && Math.min(preview.parentGone, seen - restored);
    return {
      table,
      restored,
      leftAlone: seen - restored + stayed,
      ...(orphans !== undefined && { thereAgain: seen - restored - orphans, parentGone: orphans + stayed }),
    };
  });
}

/** The cleanup, out of several, that a run belongs to. @throws UsageError where there is no such run, or nothing to restore */
export async function placeOfRun(connection: Connection, places: readonly Place[], runId: number): Promise<Place> {
  const [any] = places;
  const run: Run | undefined = any && (await readRun(connection, any, runId));
  if (run === undefined) {
    throw new UsageError(`There is no run ${runId}.`, { next: 'List the runs with `deepclean status`.' });
  }
  const nothing = run.dryRun ? 'was a dry run' : run.status === 'skipped' ? 'was skipped' : undefined;
  if (nothing !== undefined) {
    throw new UsageError(`Run ${runId} ${nothing}: it deleted nothing, so there is nothing to restore.`, {
      next: 'Name a run that deleted rows, as `deepclean status` lists them.',
    });
  }
  const place = places.find(({ names }) => names.procedure === run.procedure);
  if (place === undefined) {
    throw new UsageError(`Run ${runId} is one of ${run.procedure}, which deletes nothing that could be restored.`, {
      next: 'Name the run of a cleanup, as `deepclean status` lists them.',
    });
  }
  return place;
}
