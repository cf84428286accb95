import type { Dialect } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import { cleanedTables, type Match, type Selection, togetherBy } from '../plan/selection.js';
import type { BackupTable, Plan } from '../plan/types.js';
import type { Table } from '../schema/types.js';

/** A condition that a kept row of the run, by its alias, meets if it is selected. */
export type SelectedRows = (backup: BackupTable, alias: string) => string;

const none = '1 = 0';

/**
 * Selected are rows of the cleaned tables that meet the selection, with all of their session or path; and what was deleted
 * with them: rows that refer to them, and rows that follow them.
 */
export function selectedRows(
  selection: Selection,
  plan: Plan,
  dialect: Dialect,
  namespace: string | undefined,
  runIds: readonly number[],
): SelectedRows {
  const { identifier, literal, oneOf } = dialect.expressions;
  const ofRun = (alias: string): string => `${alias}.${supportColumn(dialect, 'run_id')} IN (${runIds.join(', ')})`;
  const cleaned = cleanedTables(plan);
  const { only, conditions } = selection;
  let aliases = 0;
  const newAlias = (): string => {
    aliases += 1;
    return `s${aliases}`;
  };
  const column = (alias: string, name: string): string => `${alias}.${identifier(name)}`;
  const backupOf = (name: string): BackupTable | undefined => plan.backups.find(({ source }) => source.name === name);
  /** Some kept row of the run in another table, or in this one, meets a condition. */
  const exists = (backup: BackupTable | undefined, condition: (alias: string) => readonly string[]): string => {
    if (backup === undefined) return none;
    const alias = newAlias();
    const all = [ofRun(alias), ...condition(alias)];
    return `EXISTS (SELECT 1 FROM ${sqlName(dialect, backup.name, namespace)} ${alias} WHERE ${all.join(' AND ')})`;
  };
  const anyOf = (alternatives: readonly string[]): string => {
    const some = [...new Set(alternatives.filter((one) => one !== none))];
    return some.length === 0 ? none : `(${some.join(' OR ')})`;
  };

  const matches = ({ column: { name, family }, value, exactly }: Match, alias: string): string => {
    const place = column(alias, name);
    if (family === 'integer') return `${place} = ${value}`;
    return exactly ? oneOf(place, [value]) : `${place} = ${literal(value)}`;
  };
  /** Pairs of columns by which rows of one table follow those of another, or of one that is kept under the same key. */
  const followsBy = (follower: Table, source: Table) =>
    plan.steps
      .filter(({ table }) => table === source || table.primaryKey[0] === source.primaryKey[0])
      .flatMap((step) =>
        step.followers
          .filter(
            ({ table, on }) =>
              table === follower && (step.table === source || on.every(([, ours]) => ours === source.primaryKey[0])),
          )
          .map(({ on }) => on),
      );
  /** The row meets one of the conditions: by its own column; if it has none, by that of a row which follows it. */
  const meets = (
    alternatives: readonly Match[],
    source: Table,
    alias: string,
  ): { sql: string; by: readonly string[] } => {
    const own = alternatives.filter((match) => match.source === source);
    if (own.length > 0) {
      return { sql: anyOf(own.map((match) => matches(match, alias))), by: own.map((match) => match.column.name) };
    }
    const followed = alternatives.flatMap((match) => followsBy(match.source, source).map((on) => ({ match, on })));
    const sql = followed.map(({ match, on }) =>
      exists(backupOf(match.source.name), (follower) => [
        ...on.map(([theirs, ours]) => `${column(follower, theirs)} = ${column(alias, ours)}`),
        matches(match, follower),
      ]),
    );
    return { sql: anyOf(sql), by: followed.flatMap(({ on }) => on.map(([, ours]) => ours)) };
  };
  const isMeant = (backup: BackupTable, alias: string): string => {
    const { source } = backup;
    const all = (of: string) => conditions.map((alternatives) => meets(alternatives, source, of));
    const own = all(alias);
    if (own.some(({ sql }) => sql === none)) return none;
    const alone = own.map(({ sql }) => sql).join(' AND ');
    const together = togetherBy(source, plan);
    const isWhole = own.every(({ by }) => by.every((name) => together.includes(name)));
    if (together.length === 0 || isWhole) return `(${alone})`;
    const member = exists(backup, (of) => [
      ...together.map((name) => `${column(of, name)} = ${column(alias, name)}`),
      ...all(of).map(({ sql }) => sql),
    ]);
    return `(${alone} OR ${member})`;
  };
  const isSelected = (backup: BackupTable, alias: string): string => {
    const { source } = backup;
    const above = plan.steps.flatMap(({ children }) =>
      children.filter(({ table }) => table === source).map(({ foreignKey }) => foreignKey),
    );
    const leaders = plan.steps.flatMap((step) =>
      step.followers.filter(({ table }) => table === source).map(({ on }) => ({ on, leader: step.backup })),
    );
    return anyOf([
      ...(cleaned.includes(source) ? [isMeant(backup, alias)] : []),
      ...[...new Set(above)].map((key) => {
        const parent = backupOf(key.references);
        return exists(parent, (of) => [
          ...key.columns.map((name, at) => `${column(of, key.referencedColumns[at] ?? name)} = ${column(alias, name)}`),
          parent === undefined ? none : isSelected(parent, of),
        ]);
      }),
      ...leaders.map(({ on, leader }) =>
        exists(leader, (of) => [
          ...on.map(([theirs, ours]) => `${column(of, ours)} = ${column(alias, theirs)}`),
          isMeant(leader, of),
        ]),
      ),
    ]);
  };

  return (backup, alias) => {
    if (only !== undefined && only !== backup) return none;
    return conditions.length === 0 ? '1 = 1' : isSelected(backup, alias);
  };
}
