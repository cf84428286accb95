import type { Connection } from '../dialects/dialect.js';
import { DeepcleanError, exitCodes } from '../errors.js';
import { databaseError } from '../server/database-error.js';
import { ask, type Place, qualified } from './place.js';
import { newestRunId, readRun, readRunsAfter, readSteps } from './read-runs.js';
import type { Run, RunStep, RunWithSteps } from './run-types.js';

export interface RunOptions {
  /** Counts what is dead and deletes nothing. */
  readonly dryRun: boolean;
  readonly pollMs: number;
  /** Called every `pollMs` with what the run's log says. */
  readonly onProgress: (run: Run, steps: readonly RunStep[]) => void;
}

export interface RunOutcome {
  /** Absent where the call failed before it wrote its log. */
  readonly run?: RunWithSteps;
  /** What ended the call other than its own decision. */
  readonly failure?: DeepcleanError;
}

/**
 * Calls the cleanup on one connection and follows its log on another. Whatever ends the call, what the log says of the
 * run comes back. A dry run is dry by its own session, so that no other run can be taken for it.
 */
export async function runCleanup(
  caller: Connection,
  follower: Connection,
  place: Place,
  options: RunOptions,
): Promise<RunOutcome> {
  const afterRunId = await newestRunId(follower, place);
  const call = options.dryRun ? startDryRun(caller, place) : startRun(caller, place);
  const settled = call.then(
    () => undefined,
    (error: unknown) => databaseError(error, place.dialect),
  );
  await followRun(follower, place, { ...options, afterRunId, settled });
  const failure = await settled;
  const ours = await findOurRun(follower, place, afterRunId).catch(() => undefined);
  const run = ours && (await readRun(follower, place, ours.runId).catch(() => undefined));
  return { ...(run && { run }), ...(failure && { failure: asRunFailure(failure, run) }) };
}

/** Starts the cleanup; settles when it has ended. */
export async function startRun(connection: Connection, place: Place): Promise<void> {
  await ask(connection, place, place.dialect.expressions.call(qualified(place, place.names.procedure)));
}

/** Starts the cleanup such that it counts and deletes nothing. */
async function startDryRun(connection: Connection, place: Place): Promise<void> {
  const { procedure, dryRun = procedure } = place.names;
  for (const statement of place.dialect.expressions.dryRun(qualified(place, dryRun)))
    await ask(connection, place, statement);
}

interface FollowOptions extends RunOptions {
  readonly afterRunId: number;
  readonly settled: Promise<unknown>;
}

/** Reports until the call has settled. */
export async function followRun(
  connection: Connection,
  place: Place,
  { afterRunId, settled, pollMs, onProgress }: FollowOptions,
): Promise<void> {
  let over = false;
  const end = settled.then(() => {
    over = true;
  });
  while (!over) {
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, pollMs))]);
    if (over) break;
    // Progress is a courtesy: the run goes on without it.
    const running = await readRunsAfter(connection, place, place.names.procedure, afterRunId).catch(() => []);
    const run = running.find(({ status }) => status === 'running');
    if (run === undefined) continue;
    onProgress(run, await readSteps(connection, place, run.runId).catch(() => []));
  }
}

/** The run that our call made: others may have been turned away meanwhile, and have later numbers. */
async function findOurRun(connection: Connection, place: Place, afterRunId: number): Promise<Run | undefined> {
  const candidates = await readRunsAfter(connection, place, place.names.procedure, afterRunId);
  return candidates.find(({ status }) => status !== 'skipped' && status !== 'running') ?? candidates.at(-1);
}

/** Before the first batch nothing was changed; after it, what was committed stays. */
function asRunFailure(failure: DeepcleanError, run: RunWithSteps | undefined): DeepcleanError {
  if (failure.exitCode !== exitCodes.preflight) return failure;
  const batches = run?.steps.reduce((sum, step) => sum + step.batches, 0) ?? 0;
  if (batches === 0) return failure;
  return new DeepcleanError(failure.code, exitCodes.partial, failure.message, {
    next: failure.next ?? 'Batches that were committed stay deleted and are in the log; the next run goes on.',
    cause: failure,
  });
}
