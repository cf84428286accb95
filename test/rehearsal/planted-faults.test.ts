import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connection, Dialect } from '../../src/dialects/dialect.js';
import { readSchema } from '../../src/dialects/read-schema.js';
import { findDialect } from '../../src/dialects/registry.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { tokens } from '../../src/policies/tokens.js';
import { hasHeld, isWrong } from '../../src/rehearsal/types.js';
import { statementsOf } from '../../src/render/artifact.js';
import { renderPlan } from '../../src/render/render-plan.js';
import { fillTokens } from '../bench/fill-tokens.js';
import { productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { playOn } from './support.js';

const rows = 500;
const live = rows * 0.3;

/** A fault of the procedure, and what a rehearsal must say of it. */
interface Fault {
  readonly name: string;
  readonly plant: (text: string) => string;
  readonly table: string;
  readonly finds: 'live rows lost' | 'not conserved';
  /** No restore can bring it back as it was. */
  readonly isGone?: true;
}

const faults: readonly Fault[] = [
  {
    name: 'it takes active tokens for revoked ones',
    plant: (text) => text.replaceAll("'REVOKED'", "'ACTIVE'"),
    table: 'IDN_OAUTH2_ACCESS_TOKEN',
    finds: 'live rows lost',
  },
  {
    name: 'it deletes beside the rule, and keeps nothing of that',
    plant: (text) => {
      const end = text.lastIndexOf('END');
      return `${text.slice(0, end)}DELETE FROM IDN_OAUTH2_ACCESS_TOKEN WHERE TOKEN_STATE = 'ACTIVE';\n${text.slice(end)}`;
    },
    table: 'IDN_OAUTH2_ACCESS_TOKEN',
    finds: 'live rows lost',
    isGone: true,
  },
  {
    name: 'it keeps another tenant than it deletes',
    plant: (text) => text.replaceAll(/\bc\.tenant_id\b/gi, '77'),
    table: 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
    finds: 'not conserved',
    isGone: true,
  },
];

/** Replaces the procedure with one that has a fault. */
async function replaceProcedure(connection: Connection, dialect: Dialect, { plant }: Fault): Promise<void> {
  const { plan } = makePlan(tokens, await readSchema(connection, dialect), dialect, {
    prefix: 'cleanup_',
    backup: 'deleted-rows',
  });
  if (plan === undefined) throw new Error('no plan');
  const statements = renderPlan(plan, dialect, {}).install.flatMap((artifact) =>
    statementsOf(artifact, dialect.script),
  );
  const own = statements.filter(
    ({ kind, name }) => ['drop', 'procedure'].includes(kind) && name === plan.names.procedure,
  );
  const planted = own.map(({ kind, sql }) => (kind === 'drop' ? sql : plant(sql)));
  expect(planted.join()).not.toBe(own.map(({ sql }) => sql).join());
  for (const sql of planted) await connection.query(sql);
}

describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  const dialect = findDialect(engine.dialect);
  let product: Awaited<ReturnType<typeof productTables>>;
  beforeEach(async () => {
    product = await productTables(engine);
    await fillTokens(product, rows);
  });
  afterEach(() => product?.database.drop());

  test.each(faults)('$name: it is found out, by name', async (fault) => {
    const rehearsal = await playOn(dialect, product.database.url, [tokens], {
      onInstalled: (connection) => replaceProcedure(connection, dialect, fault),
    });
    expect(hasHeld(rehearsal)).toBe(false);
    const wrong = rehearsal.cleanups.flatMap(({ tables }) => tables.filter(isWrong));
    const found = wrong.find(({ table }) => table.toUpperCase() === fault.table);
    if (fault.finds === 'not conserved') expect(found).toMatchObject({ isConserved: false });
    else {
      expect(found?.liveRowsLost).toBe(live);
      expect(found?.lost.length).toBeGreaterThan(0);
    }
    expect(rehearsal.changed.length > 0).toBe(fault.isGone === true);
    expect(rehearsal.leavesNothing).toBe(true);
  });

  test('without a fault nothing is found', async () => {
    const rehearsal = await playOn(dialect, product.database.url, [tokens]);
    expect(hasHeld(rehearsal)).toBe(true);
  });
});
