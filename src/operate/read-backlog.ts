import type { Connection } from '../dialects/dialect.js';
import { ask, column, columns, numberOf, type Place, qualified, utcOf } from './place.js';
import { stepNumber } from './read-runs.js';

/** Dead rows of one table, for one reason. */
export interface BacklogEntry {
  readonly table: string;
  readonly reason: string;
  readonly rows: number;
  /** Timestamp of the oldest of them; which zone its writer's clock was in is not known. */
  readonly oldest?: string;
}

/** What the next run would delete, by the rules of the cleanup and its live settings. Reads the whole tables. */
export async function readBacklog(connection: Connection, place: Place): Promise<readonly BacklogEntry[]> {
  const call = place.dialect.capabilities.backlog === 'function' ? '()' : '';
  const rows = await ask(
    connection,
    place,
    `SELECT ${columns(place, ['table_name', 'reason', 'dead_rows', 'oldest'])}
    FROM ${qualified(place, place.names.backlog)}${call} ORDER BY ${column(place, 'table_name')}, ${column(place, 'reason')}`,
  );
  return rows
    .map((row): BacklogEntry => {
      // Not UTC by contract: the clock of some writer.
      const oldest = utcOf(row.oldest)?.slice(0, -1);
      return {
        table: String(row.table_name),
        reason: String(row.reason),
        rows: numberOf(row.dead_rows),
        ...(oldest !== undefined && { oldest }),
      };
    })
    .sort((one, other) => stepNumber(place, one.table) - stepNumber(place, other.table));
}

/** Dead rows in all. */
export const totalOf = (backlog: readonly BacklogEntry[]): number => backlog.reduce((sum, { rows }) => sum + rows, 0);
