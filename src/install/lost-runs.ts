import type { Connection, Dialect } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import type { Deliverable } from '../render/deliverable.js';
import type { Table } from '../schema/types.js';
import { looksLikeOurs } from './support-tables.js';

/**
 * By policy: runs of which rows are kept, but that the log does not know any more. Until they are entered again nobody
 * can restore them, and no new run begins whose number could be one of theirs.
 */
export async function readLostRuns(
  connection: Connection,
  dialect: Dialect,
  deliverables: readonly Deliverable[],
  tables: readonly Table[],
): Promise<ReadonlyMap<string, number>> {
  const lost = new Map<string, number>();
  const runId = supportColumn(dialect, 'run_id');
  for (const { policy, backups, names, namespace } of deliverables) {
    const isThere = (name: string) => tables.some((table) => table.name === name && looksLikeOurs(table, names));
    const kept = backups.filter(({ name }) => isThere(name));
    if (kept.length === 0) continue;
    const runs = kept.map(({ name }) => `SELECT ${runId} FROM ${sqlName(dialect, name, namespace)}`).join(' UNION ');
    // A log that is gone is made by the installation, empty
    const unlogged = isThere(names.run)
      ? ` WHERE NOT EXISTS (SELECT 1 FROM ${sqlName(dialect, names.run, namespace)} r WHERE r.${runId} = k.${runId})`
      : '';
    const [row] = await connection.query(`SELECT COUNT(*) AS n_lost FROM (${runs}) k${unlogged}`);
    const count = Number(row?.n_lost ?? 0);
    if (count > 0) lost.set(policy, count);
  }
  return lost;
}
