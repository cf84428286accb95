import type { Connection } from '../dialects/dialect.js';
import type { Selection } from '../plan/selection.js';
import type { Plan } from '../plan/types.js';
import { type KeptRows, restorePreview } from '../render/restore-preview.js';
import { selectedRows } from '../render/selected-rows.js';
import { ask, column, numberOf, type Place, qualified } from './place.js';
import { readSteps } from './read-runs.js';

/** What a restore would do with the kept rows of one table. */
export interface TablePreview {
  readonly table: string;
  readonly deleted: number;
  /** Still kept; fewer than were deleted once their retention is over, and then nothing of the run is restored. */
  readonly kept: number;
  /** Of these, what is to be restored. */
  readonly selected: number;
  /** Left alone: a row with its key is there again. */
  readonly thereAgain: number;
  /** Left alone: the row that it refers to is gone. */
  readonly parentGone: number;
}

/** Kept rows of a run: all of them, or those that are selected. */
export function keptRows(
  place: Place,
  plan: Plan,
  runId: number,
  selection?: Selection,
  partId: number = runId,
): KeptRows {
  const { dialect, namespace } = place;
  const runIds = [...new Set([runId, partId])];
  return {
    plan,
    dialect,
    namespace,
    runId,
    partId,
    ...(selection && { selected: selectedRows(selection, plan, dialect, namespace, runIds) }),
  };
}

/**
 * What a restore of a run would do, or of a selected part of it, by table. Changes nothing; reads the rows that the run kept,
 * and looks each up.
 */
export async function previewRestore(
  connection: Connection,
  place: Place,
  plan: Plan,
  runId: number,
  selection?: Selection,
): Promise<readonly TablePreview[]> {
  const steps = await readSteps(connection, place, runId);
  const rows = keptRows(place, plan, Math.trunc(runId), selection);
  const previews: TablePreview[] = [];
  for (const backup of plan.backups) {
    const table = backup.source.name;
    const [row] = await ask(connection, place, restorePreview(backup, rows));
    const selected = numberOf(row?.kept);
    previews.push({
      table,
      deleted: steps.find((step) => step.table.toLowerCase() === table.toLowerCase())?.deleted ?? 0,
      kept: selection === undefined ? selected : await countKept(connection, place, backup.name, runId),
      selected,
      thereAgain: numberOf(row?.there_again),
      parentGone: numberOf(row?.parent_gone),
    });
  }
  return previews.filter(({ deleted, kept }) => deleted + kept > 0);
}

/** Rows that a backup table keeps of a run. */
export async function countKept(connection: Connection, place: Place, backup: string, runId: number): Promise<number> {
  const count = `SELECT COUNT(*) AS n FROM ${qualified(place, backup)} WHERE ${column(place, 'run_id')} = ${Math.trunc(runId)}`;
  return numberOf((await ask(connection, place, count))[0]?.n);
}

/** Rows that a restore would put back. */
export const comesBack = ({ selected, thereAgain, parentGone }: TablePreview): number =>
  selected - thereAgain - parentGone;

/** Copies of the run are gone, at least in part. */
export const isPruned = ({ kept, deleted }: TablePreview): boolean => kept < deleted;
