import type { Dialect } from '../dialects/dialect.js';
import { findColumn } from '../schema/find.js';
import type { Table } from '../schema/types.js';
import type { Walk } from './types.js';

/** How the dialect goes through a table: by blocks, by its primary or only unique key, or without any. */
export function chooseWalk(table: Table, dialect: Dialect): Walk {
  if (dialect.capabilities.walk === 'physical') return { kind: 'physical' };
  const [key, ...more] = table.primaryKey;
  const column = key === undefined || more.length > 0 ? undefined : findColumn(table, key);
  return column === undefined ? { kind: 'limit' } : { kind: 'key', column };
}
