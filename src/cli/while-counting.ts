import type { Connection } from '../dialects/dialect.js';
import { DeepcleanError, exitCodes } from '../errors.js';
import { watchInterrupts } from './interrupts.js';
import type { Output } from './output.js';

/** How often the server is asked to end the query, milliseconds: a request that comes between two queries ends neither. */
const againMs = 1000;

/** How long the server may take to notice that its client has gone, milliseconds. */
const goodbyeMs = 3000;

/**
 * Counting may read whole tables. Ctrl-C or SIGTERM ends the query on the server too, where it would go on without anybody
 * who waits for it. `work` asks `goOn` before each query.
 *
 * @throws DeepcleanError with the exit code of an interruption
 */
export async function whileCounting<T>(
  connection: Connection,
  output: Output,
  work: (goOn: () => void) => Promise<T>,
): Promise<T> {
  let interrupted = false;
  let again: NodeJS.Timeout | undefined;
  const goOn = (): void => {
    if (interrupted)
      throw new DeepcleanError('interrupted', exitCodes.interrupted, 'Interrupted: nothing was changed.');
  };
  // What fails to be cancelled is cancelled again; whoever cannot wait presses Ctrl-C once more.
  const cancel = (): void => void connection.cancel().catch(() => undefined);
  const stopWatching = watchInterrupts(
    () => {
      interrupted = true;
      output.note('Ending the count on the server; press Ctrl-C again to leave at once.');
      cancel();
      again = setInterval(cancel, againMs);
    },
    () => {
      output.note('Left. The count may go on on the server for a while.');
      connection.destroy();
      setTimeout(() => process.exit(exitCodes.interrupted), goodbyeMs).unref();
    },
  );
  try {
    const result = await work(goOn);
    goOn();
    return result;
  } catch (error) {
    goOn();
    throw error;
  } finally {
    clearInterval(again);
    stopWatching();
  }
}
