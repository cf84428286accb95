import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import { keptRowOf } from '../plan/kept-row.js';
import type { BackupTable } from '../plan/types.js';
import { hasItsParents, type KeptRows } from './restore-preview.js';

/** Gives the selected kept rows of a run that do not lack their parents the number of another run. */
export function moveStatement(backup: BackupTable, rows: KeptRows, partId: number): string {
  const { dialect, namespace, runId, selected } = rows;
  const { identifier } = dialect.expressions;
  const table = sqlName(dialect, backup.name, namespace);
  const run = supportColumn(dialect, 'run_id');
  const { primaryKey } = backup.source;
  const key = primaryKey.length > 0 ? primaryKey.map(identifier) : [keptRowOf(backup, dialect)];
  const isMeant = selected === undefined ? '' : ` AND ${selected(backup, 'b')}`;
  // MySQL refuses to change a table that a subquery reads, unless that is one in FROM which it cannot merge: DISTINCT.
  return `UPDATE ${table} SET ${run} = ${partId}
WHERE ${run} = ${runId} AND EXISTS (
  SELECT 1
  FROM (
    SELECT DISTINCT ${key.map((name) => `b.${name}`).join(', ')}
    FROM ${table} b
    WHERE b.${run} = ${runId}${isMeant} AND ${hasItsParents(backup, 'b', rows)}
  ) m
  WHERE ${key.map((name) => `m.${name} = ${identifier(backup.name)}.${name}`).join(' AND ')}
)`;
}
