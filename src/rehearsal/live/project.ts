import type { Projection, Rehearsal, RehearsedCleanup, Sample } from '../types.js';

/** Below this the beginning and the end of a run outweigh its rows. */
const tellingRows = 100;

/** What was found out on a sample, for the size of the live database. */
export const projected = (rehearsal: Rehearsal, sample: Sample): Rehearsal => ({
  ...rehearsal,
  sample,
  cleanups: rehearsal.cleanups.map((one) => ({ ...one, projection: projectionOf(one, sample) })),
});

function projectionOf({ tables, runMs }: RehearsedCleanup, sample: Sample): Projection {
  const unknown: string[] = [];
  let [liveRows, deleted, bytesKept, deletedHere] = [0, 0, 0, 0];
  for (const { table, rowsBefore, rowsAfter, bytesKept: bytes } of tables) {
    const live = sample.tables.find((one) => one.table === table)?.liveRows;
    deletedHere += rowsBefore - rowsAfter;
    if (live === undefined) {
      unknown.push(table);
      continue;
    }
    liveRows += live;
    // Statistics may be old: it has at least what was seen.
    const times = rowsBefore === 0 ? 0 : Math.max(live, rowsBefore) / rowsBefore;
    deleted += Math.round((rowsBefore - rowsAfter) * times);
    bytesKept += Math.round(bytes * times);
  }
  return {
    liveRows,
    deleted,
    bytesKept,
    ...(deletedHere >= tellingRows && { ms: Math.round((deleted * runMs) / deletedHere) }),
    unknown,
  };
}
