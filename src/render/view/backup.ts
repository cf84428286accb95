import type { Expressions } from '../../dialects/expressions.js';
import { hasReasons, keptRowOf } from '../../plan/kept-row.js';
import type { BackupTable, Plan } from '../../plan/types.js';
import type { Column, Table } from '../../schema/types.js';
import { takenPlaces } from '../taken-places.js';
import { isIndexed } from './choice.js';
import type { Context } from './context.js';

export interface BackupView {
  readonly name: string;
  readonly plainName: string;
  readonly source: string;
  readonly plainSource: string;
  /** Its rows have reasons of their own, and do not only go with those of another table. */
  readonly hasReason: boolean;
  readonly columns: readonly string[];
  readonly columnsOfBackup: readonly string[];
  /** As columns of the row `t` of the source. */
  readonly columnsOfTable: readonly string[];
  /** As columns of `gone`, the one row that comes back. */
  readonly columnsOfGone: readonly string[];
  /** Numbers the rows of a backup whose source has no key. */
  readonly keptRow: string;
  /** `name type` of each column, for CREATE TABLE. */
  readonly definitions: readonly string[];
  /** Key of the source, or nothing. */
  readonly primaryKey: readonly string[] | false;
  /** How the rows `b` of the backup are put in order, the highest key first. */
  readonly keyDownward: readonly string[];
  /** The type of a variable that holds the first column of the key; empty text if there is none. */
  readonly keyType: string;
  /** Its place among the backups, from 1 on. */
  readonly number: number;
  readonly hasUniqueKey: boolean;
  readonly overridesIdentity: boolean;
  /** What a row `t` of the source would keep a row `b` of the backup from: for each unique key, that both have the same. */
  readonly takenPlaces: readonly (readonly string[])[];
  /** A restored row is the same row: all columns compared, NULL-safe. */
  readonly sameRow: readonly string[];
  /** Tables to lock before a row that comes back gets its own key again: no index leads to what refers to it. */
  readonly renumberLocks: readonly string[];
  /** Rows that the restored one refers to must be there. */
  readonly parents: readonly string[];
}

export function viewBackup(backup: BackupTable, at: number, { dialect, plan, qualify }: Context): BackupView {
  const { expressions } = dialect;
  const { source } = backup;
  const ident = (name: string) => expressions.identifier(name);
  // A key may be a secret, so that an audit numbers its rows
  const unique = plan.backup !== 'audit' && source.primaryKey.length > 0 ? source.primaryKey : undefined;
  return {
    name: qualify(backup.name),
    plainName: backup.name,
    source: qualify(source.name),
    plainSource: source.name,
    hasReason: hasReasons(source, plan),
    columns: backup.columns.map((column) => ident(column.name)),
    columnsOfBackup: backup.columns.map((column) => `b.${ident(column.name)}`),
    columnsOfTable: backup.columns.map((column) => `t.${ident(column.name)}`),
    columnsOfGone: backup.columns.map((column) => `gone.${ident(column.name)}`),
    keptRow: keptRowOf(backup, dialect),
    definitions: backup.columns.map(
      (column) =>
        `${ident(column.name)} ${expressions.columnType(column)} ${source.primaryKey.includes(column.name) ? 'NOT NULL' : 'NULL'}`,
    ),
    primaryKey: unique === undefined ? false : unique.map(ident),
    keyDownward: (unique ?? []).map((name) => `b.${ident(name)} DESC`),
    keyType: keyTypeOf(backup, expressions),
    number: at + 1,
    hasUniqueKey: unique !== undefined,
    overridesIdentity: backup.columns.some((column) => column.identityAlways === true),
    takenPlaces: takenPlaces(backup, dialect, 'b').map(([first = '', ...more]) => [
      first,
      ...more.map((pair) => `AND ${pair}`),
    ]),
    sameRow: sameRow(backup, expressions),
    renumberLocks: childrenWithoutIndex(source, plan).map(qualify),
    parents: source.foreignKeys.map((key) => {
      const on = key.columns.map((column, i) => `p.${ident(key.referencedColumns[i] ?? column)} = b.${ident(column)}`);
      const absent = key.columns.map((column) => `b.${ident(column)} IS NULL`);
      return `(${absent.join(' OR ')} OR EXISTS (SELECT 1 FROM ${qualify(key.references)} p WHERE ${on.join(' AND ')}))`;
    }),
  };
}

function keyTypeOf({ source, columns }: BackupTable, { columnType, variableType = columnType }: Expressions): string {
  const first = columns.find(({ name }) => name === source.primaryKey[0]);
  return first === undefined ? '' : variableType(first);
}

/** Column by column, behind an equality by which the server finds the few rows that it has to compare so. */
function sameRow({ columns }: BackupTable, { identifier, same, alike }: Expressions): readonly string[] {
  const compare = (column: Column, by: typeof same | NonNullable<typeof alike>) => {
    const name = identifier(column.name);
    return by(`t.${name}`, `b.${name}`, column);
  };
  const [found] = alike === undefined ? [] : columns.flatMap((column) => compare(column, alike) ?? []);
  const exact = columns.flatMap((column) => compare(column, same) ?? []);
  return [...new Set([...(found === undefined ? [] : [found]), ...exact])].map((one, at) =>
    at === 0 ? one : `AND ${one}`,
  );
}

/** Tables of which the server would lock each as a whole if the key of a row changed that they refer to. */
const childrenWithoutIndex = ({ name }: Table, { schema }: Plan): readonly string[] =>
  schema.tables
    .filter((child) => child.foreignKeys.some((key) => key.references === name && !isIndexed(child, key)))
    .map((child) => child.name);
