import type { Dialect } from '../../../src/dialects/dialect.js';
import { dialects } from '../../../src/dialects/registry.js';
import type { Place } from '../../../src/operate/place.js';
import { nameObjects } from '../../../src/plan/names.js';
import { tokens } from '../../../src/policies/tokens.js';

const placeIn = (dialect: Dialect, namespace?: string): Place => ({
  dialect,
  policy: tokens,
  names: nameObjects(tokens, dialect, { prefix: 'cleanup_' }),
  ...(namespace !== undefined && { namespace }),
});

const dialectNamed = (name: string): Dialect => {
  const dialect = dialects.find((one) => one.name === name);
  if (dialect === undefined) throw new Error(name);
  return dialect;
};

export const postgresql = placeIn(dialectNamed('postgresql'), 'My Schema');
export const mysql = placeIn(dialectNamed('mysql'));

/** Rows of the log, as drivers give them. */
export const runRow = {
  run_id: '7',
  procedure_name: 'cleanup_tokens',
  started_by: 'u',
  started_at: '2026-05-01 01:00:00',
  dry_run: 'no',
  status: 'ended',
};
export const stepRow = (table: string, deleted: string) => ({ table_name: table, seen: '9', deleted, batches: 1 });
