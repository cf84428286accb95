import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { policies } from '../../src/policies/index.js';
import { type CliResult, deepclean, useBuiltCli } from '../cli/run-cli.js';
import { connected } from '../contract/support.js';
import { scenario as registry } from '../scenarios/registry.js';
import { scenario as sessions } from '../scenarios/sessions.js';
import { tokenTables } from '../support/data/create-tables.js';
import { insertRows } from '../support/data/insert.js';
import { completeSchema } from '../support/data/later-tables.js';
import { logEntry, property, propertyLink } from '../support/data/registry-rows.js';
import { databaseOf } from '../support/data/row-factories.js';
import { type Deployment, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';

useBuiltCli();

/** Ten entries of one path, and a property of a resource that is gone. */
const rows = [
  ...Array.from({ length: 10 }, (_, at) => logEntry(at + 1, {})),
  property(1, 'left', 'over'),
  propertyLink(1, 1, { version: 7 }),
];

const others = policies.map(({ name }) => name).filter((name) => name !== 'registry');

/** The product may keep its tables in several databases; what a user does with one that holds a part of them. */
describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const dialect = findDialect(engine.dialect);
  const schema = completeSchema(engine.dialect);
  let product: Pick<Deployment, 'database' | 'family' | 'schema' | 'query'>;
  const withTables = (tables: readonly string[]): void => {
    beforeAll(async () => {
      product = await productTables(engine, { schema, tables });
    });
    afterAll(() => product?.database.drop());
  };

  const ask = (...args: string[]): Promise<CliResult> =>
    deepclean(args, { env: { DEEPCLEAN_URL: product.database.url } });
  const report = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { exitCode, stdout, stderr } = await ask(...args, '--json');
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    return JSON.parse(stdout);
  };
  const count = async (table: string): Promise<number> =>
    Number((await product.query(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n);
  const counts = async (): Promise<readonly number[]> => [
    await count('REG_LOG'),
    await count('REG_RESOURCE_PROPERTY'),
    await count('REG_PROPERTY'),
  ];

  /** Everything in the database that is no table of the product. */
  const installed = (): Promise<readonly string[]> =>
    connected(product.database, dialect, async (connection) =>
      (await dialect.catalog.objectsLike(connection, '', dialect.capabilities.defaultNamespace))
        .filter(({ name }) => !product.schema.tables.some((table) => table.name === name))
        .map(({ kind, name }) => `${kind} ${name.toLowerCase()}`),
    );
  const procedures = async (): Promise<readonly string[]> =>
    (await installed()).filter((object) => object.startsWith('procedure ')).sort();

  describe('with the tables of the registry alone', () => {
    withTables(registry.tables);
    beforeAll(() => insertRows(product.query, product.family, product.schema, databaseOf(rows)));

    test('says which cleanups are not for it, and changes nothing before it is told to', async () => {
      const { exitCode, stdout } = await ask('install-procs', '--plan');
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`not for this schema, which has none of their tables: ${others.join(', ')}`);
      expect(await installed()).toEqual([]);
    });

    test('gets cleanup_registry and no other cleanup', async () => {
      const { absent } = await report('install-procs', '--yes');
      expect(absent).toEqual(others.map((policy) => expect.objectContaining({ policy })));
      expect((await procedures()).filter((name) => /(cleanup|restore)_(tokens|sessions|registry)$/.test(name))).toEqual(
        ['procedure cleanup_registry', 'procedure restore_registry'],
      );
      await report('verify');
    });

    test('tells the backlog, cleans, shows the run and gives everything back', async () => {
      const before = await counts();
      // Nine entries and the link; the property is dead as soon as nothing refers to it.
      expect(await report('backlog')).toMatchObject({ deadRows: 10 });
      await report('run', 'registry');
      expect(await counts()).toEqual([1, 0, 0]);
      const { stdout } = await ask('status', '--json');
      expect(stdout).toContain('"whyStopped": "done"');
      const [runId] = /(?<="runId": )\d+/.exec(stdout) ?? [];
      await report('restore', String(runId));
      expect(await counts()).toEqual(before);
      await report('verify');
    });

    test('is left as it was found', async () => {
      await report('uninstall', '--yes');
      expect(await installed()).toEqual([]);
      expect(await counts()).toEqual([10, 1, 1]);
    });
  });

  describe('with none of the tables', () => {
    withTables(['IDN_OAUTH_CONSUMER_APPS']);

    test('is refused, and every cleanup says which tables it misses', async () => {
      const { exitCode, stderr } = await ask('install-procs', '--yes');
      expect(exitCode).toBe(4);
      for (const { name, steps } of policies) expect(stderr).toMatch(new RegExp(`${name}: .*${steps[0]?.table}`));
      expect(stderr).toContain('nothing was changed');
      expect(stderr).toMatch(/next: /);
      expect(await installed()).toEqual([]);
    });
  });

  describe('with the tables of all cleanups', () => {
    withTables([...tokenTables, ...sessions.tables, ...registry.tables]);

    test('gets the cleanups that are asked for, and no other', async () => {
      expect(await report('install-procs', '--policy', 'sessions,registry', '--yes')).toMatchObject({ absent: [] });
      expect((await procedures()).filter((name) => /(cleanup|restore)_(tokens|sessions|registry)$/.test(name))).toEqual(
        [
          'procedure cleanup_registry',
          'procedure cleanup_sessions',
          'procedure restore_registry',
          'procedure restore_sessions',
        ],
      );
      await report('verify', '--policy', 'sessions,registry');
      await report('uninstall', '--yes');
      expect(await installed()).toEqual([]);
    });
  });
});
