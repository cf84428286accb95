import type { Connection, TableSize } from '../../dialects/dialect.js';
import { sizesIfKnown } from '../../dialects/table-size.js';
import type { Plan } from '../../plan/types.js';
import type { Place } from '../place.js';
import { readRun, readRuns } from '../read-runs.js';

/** What a run costs here, from what the server knows of its tables and from what earlier runs took. */
export interface Price {
  /** Of the tables that may lose rows; a text says why they are not known. */
  readonly sizes: readonly TableSize[] | string;
  /** What the latest run did that deleted rows and came to its end, rests included; absent if there was none. */
  readonly lastRun?: LastRun;
}

export interface LastRun {
  readonly runId: number;
  /** Rows that were dead for a reason, as a backlog counts them. */
  readonly dead: number;
  /** The same with the rows that went with them. */
  readonly rows: number;
  readonly ms: number;
}

/** So many runs are looked at for one that deleted rows. */
const runsRead = 20;

export async function readPrice(connection: Connection, place: Place, plan: Plan): Promise<Price> {
  const names = [...new Set(plan.backups.map(({ source }) => source.name))];
  const sizes = await sizesIfKnown(connection, place.dialect, names, place.namespace);
  const lastRun = await lastRunWithRows(connection, place);
  return { sizes, ...(lastRun && { lastRun }) };
}

async function lastRunWithRows(connection: Connection, place: Place): Promise<LastRun | undefined> {
  const there = await place.dialect.catalog.existing(connection, [place.names.run], place.namespace);
  if (there.length === 0) return undefined;
  const runs = await readRuns(connection, place, { last: runsRead, procedures: [place.names.procedure] });
  for (const { runId, status, dryRun, startedAt, endedAt } of runs) {
    if (dryRun || endedAt === undefined || (status !== 'ended' && status !== 'stopped')) continue;
    const steps = (await readRun(connection, place, runId))?.steps ?? [];
    const rows = steps.reduce((sum, { deleted }) => sum + deleted, 0);
    const dead = steps.flatMap(({ reasons }) => Object.values(reasons)).reduce((sum, n) => sum + n, 0);
    const ms = Date.parse(endedAt) - Date.parse(startedAt);
    if (dead > 0 && ms > 0) return { runId, dead, rows, ms };
  }
  return undefined;
}
