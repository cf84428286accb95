import type { Dialect } from '../dialects/dialect.js';
import { openColumns } from '../policies/open-columns.js';
import { findColumn } from '../schema/find.js';
import type { Column, Table } from '../schema/types.js';
import type { BackupMode, KeptColumn } from './types.js';

/**
 * What is kept of a deleted row: every column that the server lets anybody write. For an audit, of text that may be a secret a
 * hash, and of what has no hash, such as a large object, nothing.
 */
export function keptColumns(source: Table, mode: BackupMode, dialect: Dialect): readonly KeptColumn[] {
  const written = source.columns.filter((column) => !column.generated);
  if (mode !== 'audit') return written;
  return written.flatMap((column): readonly KeptColumn[] => {
    if (isOpen(column)) return [column];
    const hash = hashOf(column, dialect);
    const isUsable = hash.name.length <= dialect.capabilities.nameLimit && findColumn(source, hash.name) === undefined;
    return column.family === 'text' && isUsable ? [hash] : [];
  });
}

/** Whole numbers, times and yes or no cannot hold a token. */
export const isOpen = ({ name, family }: Column): boolean =>
  family === 'text' ? openColumns.has(name.toUpperCase()) : family !== 'binary' && family !== 'other';

const hashOf = (column: Column, { capabilities, expressions }: Dialect): KeptColumn => ({
  name: `${column.name}${capabilities.nameCase === 'upper' ? '_SHA256' : '_sha256'}`,
  type: expressions.hashType,
  family: 'text',
  nullable: true,
  hashOf: column,
});
