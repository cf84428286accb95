import type { Place } from './place.js';
import type { BacklogEntry } from './read-backlog.js';
import { stepNumber } from './read-runs.js';
import type { RunStep } from './run-types.js';

/** How far a run is. */
export interface Progress {
  /** Rows deleted of the tables that the backlog counts; rows that hang on them are not in it. */
  readonly deletedRows: number;
  /** From the backlog before the start; absent where it was not counted. */
  readonly totalRows?: number;
  readonly rowsPerSecond: number;
  /** Absent as long as nothing can be said. */
  readonly secondsLeft?: number;
  /** The table at work. */
  readonly table?: string;
}

/** Puts together how far a run is from what its log says. */
export function progressOf(
  place: Place,
  steps: readonly RunStep[],
  elapsedMs: number,
  backlog?: readonly BacklogEntry[],
): Progress {
  const own = steps.filter(({ table }) => stepNumber(place, table) < place.policy.steps.length);
  const deletedRows = own.reduce((sum, { deleted }) => sum + deleted, 0);
  const rowsPerSecond = elapsedMs > 0 ? (deletedRows * 1000) / elapsedMs : 0;
  const counted = backlog?.reduce((sum, { rows }) => sum + rows, 0);
  // Rows that died meanwhile are deleted too, so more can go than were counted.
  const totalRows = counted === undefined ? undefined : Math.max(counted, deletedRows);
  const left =
    totalRows === undefined || totalRows === deletedRows || rowsPerSecond === 0
      ? undefined
      : (totalRows - deletedRows) / rowsPerSecond;
  const table = own.filter(({ batches }) => batches > 0).at(-1)?.table;
  return {
    deletedRows,
    ...(totalRows !== undefined && { totalRows }),
    rowsPerSecond,
    ...(left !== undefined && { secondsLeft: left }),
    ...(table !== undefined && { table }),
  };
}
