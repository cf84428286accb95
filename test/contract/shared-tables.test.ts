import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connection } from '../../src/dialects/dialect.js';
import { applyInstall } from '../../src/install/apply-install.js';
import { applyUninstall } from '../../src/install/apply-uninstall.js';
import { planUninstall } from '../../src/install/plan-uninstall.js';
import { preflight } from '../../src/install/preflight.js';
import { jti } from '../../src/policies/jti.js';
import { statementsOf } from '../../src/render/artifact.js';
import type { Deliverable } from '../../src/render/deliverable.js';
import { createTables, tokenTables } from '../support/data/create-tables.js';
import { describeEngines, runNativeClient, type TestDatabase } from '../support/engines/index.js';
import { words } from '../support/words.js';
import { connectTo, dialectOf, familyOf, identityProfile, tokensChoice } from './support.js';

/** What all cleanups share outlives each of them, and what is deepclean's is known without the register. */
describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const dialect = dialectOf(engine);
  const namespace = dialect.capabilities.defaultNamespace;
  const { call, objects: listOfObjects } = words[familyOf(dialect)];
  const choices = [tokensChoice(), { ...tokensChoice(), policy: jti }];
  let database: TestDatabase;
  let connection: Connection;
  let before: readonly unknown[];
  let deliverables: readonly Deliverable[];

  beforeEach(async () => {
    database = await engine.createDatabase({ ...(familyOf(dialect) === 'mysql' && { characterSet: 'latin1' }) });
    for (const statement of createTables(identityProfile(dialect), familyOf(dialect), [...tokenTables, 'IDN_OIDC_JTI']))
      await database.query(statement);
    before = await database.query(listOfObjects);
    connection = await connectTo(database, dialect);
    ({ deliverables } = (await installBoth()).found);
  });
  afterEach(async () => {
    await connection?.close();
    await database?.drop();
  });

  async function installBoth() {
    const found = await preflight(connection, dialect, { what: { policies: choices } });
    const { plan } = found;
    const verified = await applyInstall(connection, dialect, plan);
    return { found, plan, states: new Set(verified.map(({ state }) => state)) };
  }
  const one = (policy: string): Deliverable => {
    const found = deliverables.find((deliverable) => deliverable.policy === policy);
    if (found === undefined) throw new Error(`no ${policy}`);
    return found;
  };
  /** As a DBA does: with the vendor's client if it is here, else statement by statement. */
  async function runFile(text: string | undefined): Promise<string> {
    if (text === undefined) throw new Error('no such file');
    if (engine.nativeClient !== undefined) {
      const { code, stdout, stderr } = await runNativeClient(engine, database.url, text);
      return code === 0 && !/^(psql:.*)?ERROR/m.test(stderr) ? '' : `${stdout}${stderr}`;
    }
    try {
      for (const { sql } of statementsOf({ file: 'by hand', text }, dialect.script)) await database.query(sql);
      return '';
    } catch (error) {
      return String(error);
    }
  }
  async function uninstallAll() {
    const request = { prefix: 'cleanup_', namespace, remove: deliverables.map(({ names }) => names) };
    const plan = await planUninstall(connection, dialect, request);
    await applyUninstall(connection, dialect, plan);
    return plan;
  }

  test('a cleanup that is removed by hand leaves the others what they share', async () => {
    expect(await runFile(one('tokens').uninstall.text)).toBe('');
    await database.query(call('cleanup_jti'));
    const [log] = await database.query(`SELECT COUNT(*) AS n FROM ${one('jti').names.run}`);
    expect(Number(log?.n)).toBe(1);
    const again = await installBoth();
    expect(again.states).toEqual(new Set(['ok']));
    const changed = again.plan.objects.filter(({ state }) => state !== 'same');
    expect(new Set(changed.map(({ state }) => state))).toEqual(new Set(['new']));
    expect(changed.some(({ object }) => object.name === 'cleanup_tokens')).toBe(true);
    expect(changed.some(({ object }) => object.name === 'cleanup_jti')).toBe(false);
  });

  test('the shared tables are removed last: their file refuses while a cleanup is left', async () => {
    const shared = one('tokens').uninstallShared?.text;
    expect(await runFile(shared)).toMatch(/nothing was removed/);
    await database.query(call('cleanup_tokens'));
    expect(await runFile(one('tokens').uninstall.text)).toBe('');
    expect(await runFile(shared)).toMatch(/nothing was removed/);
    await database.query(call('cleanup_jti'));
    expect(await runFile(one('jti').uninstall.text)).toBe('');
    expect(await runFile(shared)).toBe('');
    expect(await database.query(listOfObjects)).toEqual(before);
  });

  test('kept rows alone hold the shared tables: without the log nobody knows what they are', async () => {
    const { backups, names, uninstallShared } = one('tokens');
    for (const { names: own } of deliverables) {
      for (const name of [own.procedure, own.restore])
        await connection.query(dialect.catalog.drop({ name, kind: 'procedure' }, namespace));
    }
    expect(await runFile(uninstallShared?.text)).toMatch(/nothing was removed/);
    expect(await dialect.catalog.existing(connection, [names.run], namespace)).toHaveLength(1);
    expect(backups.length).toBeGreaterThan(0);
  });

  test('an installation whose register is gone is repaired by the next one', async () => {
    await connection.query(dialect.catalog.drop({ name: one('tokens').names.object, kind: 'table' }, namespace));
    expect((await installBoth()).states).toEqual(new Set(['ok']));
    expect((await installBoth()).plan.isNeeded).toBe(false);
  });

  test('an installation whose register is gone is removed whole, under whatever names it has', async () => {
    const { names } = one('tokens');
    for (const table of [names.object, names.run, names.runStep])
      await connection.query(dialect.catalog.drop({ name: table, kind: 'table' }, namespace));
    deliverables = deliverables.filter(({ policy }) => policy === 'jti');
    const plan = await uninstallAll();
    const dropped = plan.drops.map(({ name }) => name.toLowerCase());
    expect(dropped).toEqual(expect.arrayContaining(['cleanup_tokens', 'cleanup_jti']));
    const left = (await database.query(listOfObjects)).map((row) => Object.values(row)[0]);
    expect(
      left.filter((name) => /^(cleanup_tokens|restore_tokens|cleanup_jti|restore_jti)$/i.test(String(name))),
    ).toEqual([]);
  });
});
