import { describe, expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import type { PlannedStep } from '../../../src/plan/types.js';
import { vcNonces } from '../../../src/policies/vc-nonces.js';
import type { Table } from '../../../src/schema/types.js';
import { completeSchema } from '../../support/data/later-tables.js';

/** How a table is walked whose key is (TENANT_ID, NONCE), changed or not. */
function stepOf(dialectName: string, change: (table: Table) => Table = (table) => table): PlannedStep {
  const schema = completeSchema(dialectName);
  const tables = schema.tables.map((table) => (table.name.toUpperCase() === 'IDN_VC_NONCE' ? change(table) : table));
  const choices = { prefix: 'cleanup_', backup: 'deleted-rows' } as const;
  const { plan } = makePlan(vcNonces, { ...schema, tables }, findDialect(dialectName), choices);
  const [step] = plan?.steps ?? [];
  if (step === undefined) throw new Error('no plan');
  return step;
}

const withoutIndexes = (table: Table): Table => ({ ...table, indexes: [] });
const withIndexOfNonces = (table: Table): Table => ({
  ...table,
  indexes: [...table.indexes, { name: 'NONCES', unique: false, columns: ['NONCE'] }],
});

describe('a table whose key begins with a tenant, of which one range may be most of it', () => {
  test.each(['oracle', 'mssql'])('is walked along the index of its stamp on %s', (dialect) => {
    expect(stepOf(dialect).walk).toMatchObject({
      kind: 'key',
      column: { name: 'EXPIRY_TIME' },
      index: expect.stringContaining('EXPIRY_TIME'),
    });
  });

  test.each(['oracle', 'mssql', 'mysql', 'mariadb'])(
    'is walked along what else is in its key on %s, where an index leads there',
    (dialect) => {
      expect(stepOf(dialect, withIndexOfNonces).walk).toMatchObject({
        kind: 'key',
        column: { name: 'NONCE' },
        index: 'NONCES',
      });
    },
  );

  test.each(['mysql', 'mariadb'])('is walked along a list on %s, where stamps repeat an hour in autumn', (dialect) => {
    const { walk, list } = stepOf(dialect);
    expect(walk).toMatchObject({ kind: 'list', column: { name: 'NONCE' } });
    expect(list).toMatchObject({ content: 'keys', key: [{ name: 'NONCE' }, { name: 'TENANT_ID' }] });
  });

  test.each(['oracle', 'mssql'])('is walked along a list on %s without any index', (dialect) => {
    expect(stepOf(dialect, withoutIndexes).walk).toMatchObject({ kind: 'list', column: { name: 'NONCE' } });
  });

  test('is read by blocks on postgresql all the same', () => {
    expect(stepOf('postgresql')).toMatchObject({ walk: { kind: 'physical' } });
    expect(stepOf('postgresql').list).toBeUndefined();
  });
});

describe('a table whose key cannot be read in its order', () => {
  const reversed = (table: Table): Table => ({ ...table, primaryKey: ['NONCE'], unorderedKey: true });
  const partitioned = (table: Table): Table => ({
    ...reversed(table),
    indexes: [{ name: 'BY_PARTITION', unique: false, columns: ['EXPIRY_TIME'], unordered: true }],
  });

  test('is walked along another index, if that has an order', () => {
    expect(stepOf('oracle', reversed).walk).toMatchObject({ kind: 'key', column: { name: 'EXPIRY_TIME' } });
  });

  test('is walked along a list of its dead keys otherwise', () => {
    const { walk, list } = stepOf('oracle', partitioned);
    expect(walk).toMatchObject({ kind: 'list', column: { name: 'NONCE' } });
    expect(list).toMatchObject({ content: 'keys', key: [{ name: 'NONCE' }] });
  });
});
