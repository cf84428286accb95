import type { Connection } from '../dialects/dialect.js';
import type { Plan } from '../plan/types.js';
import { restorePreview } from '../render/restore-preview.js';
import { ask, numberOf, type Place } from './place.js';
import { readSteps } from './read-runs.js';

/** What a restore would do with the kept rows of one table. */
export interface TablePreview {
  readonly table: string;
  readonly deleted: number;
  /** Still kept; fewer than were deleted once their retention is over, and then nothing of the run is restored. */
  readonly kept: number;
  /** Left alone: a row with its key is there again. */
  readonly thereAgain: number;
  /** Left alone: the row that it refers to is gone. */
  readonly parentGone: number;
}

/** What a restore of a run would do, by table. Changes nothing; reads the rows that the run kept, and looks each up. */
export async function previewRestore(
  connection: Connection,
  place: Place,
  plan: Plan,
  runId: number,
): Promise<readonly TablePreview[]> {
  const steps = await readSteps(connection, place, runId);
  const previews: TablePreview[] = [];
  for (const backup of plan.backups) {
    const table = backup.source.name;
    const [row] = await ask(
      connection,
      place,
      restorePreview(backup, plan, place.dialect, place.namespace, Math.trunc(runId)),
    );
    previews.push({
      table,
      deleted: steps.find((step) => step.table.toLowerCase() === table.toLowerCase())?.deleted ?? 0,
      kept: numberOf(row?.kept),
      thereAgain: numberOf(row?.there_again),
      parentGone: numberOf(row?.parent_gone),
    });
  }
  return previews.filter(({ deleted, kept }) => deleted + kept > 0);
}

/** Rows that a restore would put back. */
export const comesBack = ({ kept, thereAgain, parentGone }: TablePreview): number => kept - thereAgain - parentGone;

/** Copies of the run are gone, at least in part. */
export const isPruned = ({ kept, deleted }: TablePreview): boolean => kept < deleted;
