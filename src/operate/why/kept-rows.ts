import type { Connection } from '../../dialects/dialect.js';
import type { BackupTable } from '../../plan/types.js';
import { ask, column, numberOf, type Place, qualified } from '../place.js';
import type { Naming } from './read-rows.js';

/** Copies of rows that a run deleted. */
export interface KeptRows {
  readonly table: string;
  readonly runId: number;
  readonly rows: number;
}

/** How many of the rows that are named each run keeps in a backup table. Reads the whole of it: only the run leads to a row. */
export async function readKept(
  connection: Connection,
  place: Place,
  backup: BackupTable,
  naming: Naming,
): Promise<readonly KeptRows[]> {
  const run = column(place, 'run_id', 'b');
  const { identifier } = place.dialect.expressions;
  const found = await ask(
    connection,
    place,
    `SELECT ${run} AS ${identifier('run_id')}, COUNT(*) AS ${identifier('kept')}
    FROM ${qualified(place, backup.name)} b
    WHERE ${naming.condition('b')}
    GROUP BY ${run} ORDER BY ${run}`,
    naming.parameters,
  );
  return found.map((row) => ({ table: backup.source.name, runId: numberOf(row.run_id), rows: numberOf(row.kept) }));
}
