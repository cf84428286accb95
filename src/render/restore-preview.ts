import type { Dialect } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import type { BackupTable, Plan } from '../plan/types.js';
import type { ForeignKey } from '../schema/types.js';
import { takenPlaces } from './taken-places.js';

/**
 * A query of what a restore would find: `kept` rows of the run in a backup table, how many of them are `there_again`, and how
 * many would come back but for a parent that is neither there nor comes back with them (`parent_gone`).
 */
export function restorePreview(
  backup: BackupTable,
  plan: Plan,
  dialect: Dialect,
  namespace: string | undefined,
  runId: number,
): string {
  const { identifier } = dialect.expressions;
  const run = supportColumn(dialect, 'run_id');
  const qualify = (name: string) => sqlName(dialect, name, namespace);
  const column = (name: string) => identifier(name);

  /** Each parent of the kept row with this alias is there, or is kept by the same run and has its own parents. */
  const hasParents = ({ source }: BackupTable, alias: string, depth: number): readonly string[] =>
    source.foreignKeys.map((key) => {
      const unset = key.columns.map((name) => `${alias}.${column(name)} IS NULL`);
      const kept = plan.backups.find(({ source: { name } }) => name === key.references);
      const found = [
        `EXISTS (SELECT 1 FROM ${qualify(key.references)} p WHERE ${refersTo(key, alias, 'p')})`,
        ...(kept === undefined ? [] : [keptParent(kept, key, alias, depth + 1, kept.source === source)]),
      ];
      return `(${[...unset, ...found].join(' OR ')})`;
    });
  const keptParent = (kept: BackupTable, key: ForeignKey, alias: string, depth: number, isOwn: boolean): string => {
    const parent = `b${depth}`;
    // Rows of one table that refer to each other would have no end.
    const above = isOwn ? [] : hasParents(kept, parent, depth);
    const free = takers(kept, parent).map((taker) => `NOT ${taker}`);
    const on = [`${parent}.${run} = ${runId}`, refersTo(key, alias, parent), ...free, ...above];
    return `EXISTS (SELECT 1 FROM ${qualify(kept.name)} ${parent} WHERE ${on.join(' AND ')})`;
  };
  const refersTo = (key: ForeignKey, child: string, parent: string): string =>
    key.columns
      .map((name, at) => `${parent}.${column(key.referencedColumns[at] ?? name)} = ${child}.${column(name)}`)
      .join(' AND ');

  /** What keeps the kept row with this alias out. */
  const takers = (kept: BackupTable, alias: string): readonly string[] =>
    takenPlaces(kept, dialect, alias).map(
      (pairs) => `EXISTS (SELECT 1 FROM ${qualify(kept.source.name)} t WHERE ${pairs.join(' AND ')})`,
    );
  const again = takers(backup, 'b');
  const parents = hasParents(backup, 'b', 1);
  // Only SQL Server minds a subquery inside of SUM.
  return `SELECT COUNT(*) AS ${column('kept')}, SUM(x.is_again) AS ${column('there_again')},
  SUM(CASE WHEN x.is_again = 0 THEN x.is_orphan ELSE 0 END) AS ${column('parent_gone')}
FROM (
  SELECT CASE WHEN ${again.join(' OR ')} THEN 1 ELSE 0 END AS is_again,
    ${parents.length === 0 ? '0' : `CASE WHEN ${parents.join(' AND ')} THEN 0 ELSE 1 END`} AS is_orphan
  FROM ${qualify(backup.name)} b
  WHERE b.${run} = ${runId}
) x`;
}
