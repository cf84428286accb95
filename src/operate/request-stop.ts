import type { Connection } from '../dialects/dialect.js';
import { databaseError } from '../server/database-error.js';
import type { Place } from './place.js';
import { setSettings } from './settings.js';

/**
 * Whether the cleanup's procedure runs in any session at this moment. Only who may try the lock of a run can tell; of the
 * others who ask, a reader of the log has its word for it: `otherwise`.
 */
export async function isRunning(
  connection: Connection,
  { dialect, namespace, names }: Place,
  otherwise?: () => boolean,
): Promise<boolean> {
  try {
    return (await dialect.catalog.running(connection, [names.procedure], namespace, names.lock)).length > 0;
  } catch (error) {
    if (otherwise !== undefined && dialect.explain(error).isDenied) return otherwise();
    throw databaseError(error, dialect);
  }
}

/** Asks the run that is going on to stop after its current batch; a run that starts later takes no notice. */
export async function requestStop(connection: Connection, place: Place): Promise<void> {
  await setSettings(connection, place, { stop_requested: 'yes' });
}

/** Waits until the cleanup runs no more, or until the time is up. Returns whether it ended. */
export async function waitForEnd(
  connection: Connection,
  place: Place,
  { timeoutMs, pollMs = 500 }: { readonly timeoutMs: number; readonly pollMs?: number },
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (await isRunning(connection, place)) {
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return true;
}
