import type { Dialect } from '../dialects/dialect.js';
import { backupWords, formerListWords, listWords, supportName } from '../plan/names.js';
import type { BackupMode, ObjectNames } from '../plan/types.js';
import { findColumn } from '../schema/find.js';
import type { Table } from '../schema/types.js';

/** Columns by which a table that is in no register is known to be deepclean's all the same. */
const marks = {
  setting: ['procedure_name', 'name', 'value', 'minimum_value', 'maximum_value', 'allowed'],
  run: ['run_id', 'procedure_name', 'cut_off', 'why_stopped'],
  runStep: ['run_id', 'table_name', 'seen', 'deleted', 'restored', 'longest_batch_ms'],
  runReason: ['run_id', 'table_name', 'reason', 'deleted'],
  runError: ['run_id', 'table_name', 'row_key', 'error'],
  runRest: ['run_id', 'cause', 'rest_ms', 'detail'],
  runProof: ['run_id', 'table_name', 'logged', 'copies', 'wrong'],
  lock: ['procedure_name', 'run_id'],
  position: ['procedure_name', 'table_name', 'place'],
  fact: ['procedure_name', 'table_name', 'backup_name', 'foreign_key'],
  object: ['object_name', 'object_kind', 'artifact_sha256', 'stored_sha256'],
  signature: ['artifact_sha256', 'signer_key', 'review_sha256', 'signed_by'],
} as const;

/** In the order in which they can be dropped: the register last, for whoever has to try again. */
export const supportTables = [
  'runError',
  'runRest',
  'runProof',
  'position',
  'fact',
  'lock',
  'runReason',
  'runStep',
  'run',
  'setting',
  'signature',
  'object',
] as const;

/** The log that says what the kept rows are: without it a kept row belongs to nothing. */
export const logTables: readonly (keyof typeof marks)[] = [
  'run',
  'runStep',
  'runReason',
  'runError',
  'runRest',
  'runProof',
];

/** Begin the names of backup tables, whatever they keep. */
export const backupPrefixes = (dialect: Dialect, prefix: string): readonly string[] =>
  [...new Set(Object.values(backupWords))].map((word) => supportName(dialect, prefix, word));

/** Tables that keep rows of these tables in another mode of backup than this one, or would. */
export function otherBackups(
  dialect: Dialect,
  names: ObjectNames,
  mode: BackupMode,
  tables: readonly string[],
): readonly string[] {
  const own = mode === 'none' ? undefined : backupWords[mode];
  const others = new Set(Object.values(backupWords).filter((word) => word !== own));
  return tables.flatMap((table) => [...others].map((word) => supportName(dialect, prefixOf(names), `${word}${table}`)));
}

/** Begin the names of lists, which hold nothing that is worth keeping. */
export const listPrefixes = (dialect: Dialect, prefix: string): readonly string[] =>
  wordsOfLists.map((word) => supportName(dialect, prefix, word));

const wordsOfLists: readonly string[] = [...Object.values(listWords), ...formerListWords];

const prefixOf = (names: ObjectNames): string => names.setting.replace(/setting$/i, '');

/** Whether a table is a list of dead keys: a run fills and empties it, so it holds nothing between two runs. */
export const isListOfDead = (name: string, names: ObjectNames): boolean =>
  name.toLowerCase().startsWith(`${prefixOf(names)}${listWords.dead}`.toLowerCase());

/** What lists of these tables were called in earlier versions. */
export const formerLists = (dialect: Dialect, names: ObjectNames, tables: readonly string[]): readonly string[] =>
  tables.flatMap((table) => formerListWords.map((word) => supportName(dialect, prefixOf(names), `${word}${table}`)));

/**
 * Whether a table of one of deepclean's names has deepclean's shape: left by an installation that was interrupted, or by
 * an uninstallation that kept it.
 */
export function looksLikeOurs(table: Table, names: ObjectNames): boolean {
  const key = supportTables.find((one) => names[one] === table.name);
  if (key !== undefined) return marks[key].every((column) => findColumn(table, column) !== undefined);
  const begin = prefixOf(names);
  // A list has the columns of its source; its name, which holds the name of that, is nobody else's.
  const isList = wordsOfLists.some((word) => table.name.toLowerCase().startsWith(`${begin}${word}`.toLowerCase()));
  // Some servers put a key of their own before the first column of a table that has none.
  return isList || table.columns.slice(0, 2).some(({ name }) => name.toLowerCase() === 'run_id');
}
