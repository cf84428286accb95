import type { Dialect } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import type { BackupTable, Plan } from '../plan/types.js';
import type { ForeignKey } from '../schema/types.js';
import type { SelectedRows } from './selected-rows.js';
import { takenPlaces } from './taken-places.js';

/** Kept rows of a run, all or some of them. */
export interface KeptRows {
  readonly plan: Plan;
  readonly dialect: Dialect;
  readonly namespace: string | undefined;
  readonly runId: number;
  /** A part of the run, to which rows of it are being moved: they count as if they were still with the run. */
  readonly partId?: number;
  readonly selected?: SelectedRows;
}

/**
 * A query of what a restore would find: `kept` rows of the run in a backup table, how many of them are `there_again`, and how
 * many would come back but for a parent that is neither there nor comes back with them (`parent_gone`).
 */
export function restorePreview(backup: BackupTable, rows: KeptRows): string {
  const { dialect, namespace, runId, selected } = rows;
  const { identifier } = dialect.expressions;
  const run = supportColumn(dialect, 'run_id');
  const { again, parents } = obstacles(backup, 'b', rows);
  const isOrphan = parents.length === 0 ? '0' : `CASE WHEN ${parents.join(' AND ')} THEN 0 ELSE 1 END`;
  // Only SQL Server minds a subquery inside of SUM.
  return `SELECT COUNT(*) AS ${identifier('kept')}, SUM(x.is_again) AS ${identifier('there_again')},
  SUM(CASE WHEN x.is_again = 0 THEN x.is_orphan ELSE 0 END) AS ${identifier('parent_gone')}
FROM (
  SELECT CASE WHEN ${again.join(' OR ')} THEN 1 ELSE 0 END AS is_again,
    ${isOrphan} AS is_orphan
  FROM ${sqlName(dialect, backup.name, namespace)} b
  WHERE b.${run} = ${runId}${selected === undefined ? '' : ` AND ${selected(backup, 'b')}`}
) x`;
}

/** A condition that a kept row, by its alias, does not lack its parents, or is there again anyway. */
export function hasItsParents(backup: BackupTable, alias: string, rows: KeptRows): string {
  const { again, parents } = obstacles(backup, alias, rows);
  return parents.length === 0 ? '1 = 1' : `(${again.join(' OR ')} OR ${parents.join(' AND ')})`;
}

/** What keeps a row out, and what must be there for it. */
function obstacles(
  backup: BackupTable,
  alias: string,
  { plan, dialect, namespace, runId, partId = runId, selected }: KeptRows,
): { readonly again: readonly string[]; readonly parents: readonly string[] } {
  const { identifier } = dialect.expressions;
  const run = supportColumn(dialect, 'run_id');
  const qualify = (name: string) => sqlName(dialect, name, namespace);
  const column = (name: string) => identifier(name);

  /** Each parent of the kept row with this alias is there, or is kept by the same run and has its own parents. */
  const hasParents = ({ source }: BackupTable, of: string, depth: number): readonly string[] =>
    source.foreignKeys.map((key) => {
      const unset = key.columns.map((name) => `${of}.${column(name)} IS NULL`);
      const kept = plan.backups.find(({ source: { name } }) => name === key.references);
      const found = [
        `EXISTS (SELECT 1 FROM ${qualify(key.references)} p WHERE ${refersTo(key, of, 'p')})`,
        ...(kept === undefined ? [] : [keptParent(kept, key, of, depth + 1, kept.source === source)]),
      ];
      return `(${[...unset, ...found].join(' OR ')})`;
    });
  const keptParent = (kept: BackupTable, key: ForeignKey, of: string, depth: number, isOwn: boolean): string => {
    const parent = `b${depth}`;
    // Rows of one table that refer to each other would have no end.
    const above = isOwn ? [] : hasParents(kept, parent, depth);
    const free = takers(kept, parent).map((taker) => `NOT ${taker}`);
    const meant = selected === undefined ? [] : [selected(kept, parent)];
    const on = [
      `${parent}.${run} IN (${[...new Set([runId, partId])].join(', ')})`,
      refersTo(key, of, parent),
      ...meant,
      ...free,
      ...above,
    ];
    return `EXISTS (SELECT 1 FROM ${qualify(kept.name)} ${parent} WHERE ${on.join(' AND ')})`;
  };
  const refersTo = (key: ForeignKey, child: string, parent: string): string =>
    key.columns
      .map((name, at) => `${parent}.${column(key.referencedColumns[at] ?? name)} = ${child}.${column(name)}`)
      .join(' AND ');

  /** What keeps the kept row with this alias out. */
  const takers = (kept: BackupTable, of: string): readonly string[] =>
    takenPlaces(kept, dialect, of).map(
      (pairs) => `EXISTS (SELECT 1 FROM ${qualify(kept.source.name)} t WHERE ${pairs.join(' AND ')})`,
    );
  return { again: takers(backup, alias), parents: hasParents(backup, alias, 1) };
}
