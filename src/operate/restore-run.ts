import type { Connection } from '../dialects/dialect.js';
import { UsageError } from '../errors.js';
import { ask, type Place, qualified } from './place.js';
import { newestRunId, readRun, readRunsAfter } from './read-runs.js';
import type { Run, RunWithSteps } from './run-types.js';

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
