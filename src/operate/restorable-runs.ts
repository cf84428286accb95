import type { Connection } from '../dialects/dialect.js';
import { ask, column, numberOf, type Place, qualified } from './place.js';
import { withRestores } from './read-restores.js';
import { readRuns } from './read-runs.js';
import type { Run } from './run-types.js';

/** A span of time in UTC, such as 2026-11-30T02:00:00; without `until` it has no end. */
export interface Span {
  readonly since: string;
  readonly until?: string;
}

/**
 * The runs of these cleanups that began in a span of time and keep rows that did not come back yet, the last one first: what a run left without its
 * parent has to come back after that parent, which a later run deleted.
 */
export async function restorableRuns(
  connection: Connection,
  places: readonly Place[],
  { since, until }: Span,
): Promise<readonly Run[]> {
  const [any] = places;
  if (any === undefined) return [];
  const procedures = places.map(({ names }) => names.procedure);
  const runs = await readRuns(connection, any, { last: Number.MAX_SAFE_INTEGER, procedures });
  const began = runs.filter(
    ({ startedAt }) => startedAt.slice(0, -1) >= since && (until === undefined || startedAt.slice(0, -1) < until),
  );
  const deleted = await deletedByRun(connection, any, began);
  const open = await withRestores(connection, places, began);
  return open.filter(
    ({ runId, dryRun, restoredBy = [] }) =>
      !dryRun && (deleted.get(runId) ?? 0) > 0 && !restoredBy.some(({ whole }) => whole),
  );
}

/** Rows that each run deleted, of all tables. */
async function deletedByRun(
  connection: Connection,
  place: Place,
  runs: readonly Run[],
): Promise<ReadonlyMap<number, number>> {
  if (runs.length === 0) return new Map();
  const first = Math.min(...runs.map(({ runId }) => runId));
  const [runId, deleted] = [column(place, 'run_id'), column(place, 'deleted')];
  const rows = await ask(
    connection,
    place,
    `SELECT ${runId} AS id, SUM(${deleted}) AS n FROM ${qualified(place, place.names.runStep)}
    WHERE ${runId} >= ${first} GROUP BY ${runId}`,
  );
  return new Map(rows.map((row) => [numberOf(row.id), numberOf(row.n)]));
}

export const spanInWords = ({ since, until }: Span): string =>
  until === undefined ? `at ${since} UTC or later` : `from ${since} UTC to before ${until} UTC`;
