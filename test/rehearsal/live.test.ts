import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import type { ScratchServer } from '../../src/dialects/scratch.js';
import { policies } from '../../src/policies/index.js';
import { copyLive } from '../../src/rehearsal/live/copy-live.js';
import type { Rehearsal, RehearsedCleanup } from '../../src/rehearsal/types.js';
import { fillTokens } from '../bench/fill-tokens.js';
import { deepcleanProcess, useBuiltCli } from '../cli/run-cli.js';
import { fill } from '../support/conformance.js';
import { abilitiesOf } from '../support/data/cases.js';
import { tokenTables } from '../support/data/create-tables.js';
import { completeSchema } from '../support/data/later-tables.js';
import { randomWriters } from '../support/data/writers.js';
import { type Deployment, familyOf, productTables } from '../support/deployment.js';
import { describeEngines, type Row } from '../support/engines/index.js';
import { enginesFolder } from '../support/engines/programs.js';
import { scenarios } from '../support/scenario/all.js';
import { randomStart } from '../support/scenario/random-start.js';
import { readClocks } from '../support/scenario/run-case.js';
import { accounts } from '../support/words.js';

const tokens = 3000;
const filled = ['sessions', 'registry', 'workflows'];

/** Of each hundred tokens so many are dead; see fillTokens. */
const deadShare = 0.7;

const leftIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith('deepclean-rehearsal-'));

// Debian's pg_dump is for Debian's server.
describeEngines(['postgresql-cron', 'mariadb', 'mysql'], (engine) => {
  useBuiltCli();
  const dialect = findDialect(engine.dialect);
  const family = familyOf(engine);
  const programs = engine.dialect === 'mysql' ? join(enginesFolder, 'mysql') : undefined;
  const reader = { name: 'only_reader', password: 'May_read_1' };
  let product: Awaited<ReturnType<typeof productTables>>;
  let folder: string;
  let readersUrl: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deepclean-live-'));
    await chmod(folder, 0o711);
    const schema = completeSchema(engine.dialect);
    const chosen = scenarios.filter(({ policy }) => filled.includes(policy));
    const tables = [...new Set([...tokenTables, ...chosen.flatMap((one) => one.tables)])];
    product = await productTables(engine, { schema, tables });
    await fillTokens(product, tokens);
    const [writerOf] = fc.sample(randomWriters, 1);
    const done = new Set(['IDN_OAUTH_CONSUMER_APPS']);
    for (const scenario of chosen) {
      const [random] = fc.sample(scenario.random, 1);
      if (random === undefined || writerOf === undefined) throw new Error('nothing was made');
      const { start } = randomStart(
        scenario,
        random,
        writerOf,
        undefined,
        readClocks(),
        abilitiesOf(family),
        product.schema,
      );
      const others = Object.entries(start.database).filter(([table]) => !done.has(table));
      await fill(product as Deployment, Object.fromEntries(others));
      for (const [table] of others) done.add(table);
    }
    const { name } = product.database;
    const grantee = accounts[family].grantee(reader);
    for (const sql of accounts[family].create(reader)) await product.query(sql);
    const grants =
      family === 'postgresql'
        ? [`GRANT USAGE ON SCHEMA public TO ${grantee}`, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${grantee}`]
        : [`GRANT SELECT ON ${name}.* TO ${grantee}`];
    for (const sql of grants) await product.query(sql);
    const url = new URL(product.database.url);
    url.username = reader.name;
    url.password = reader.password;
    readersUrl = url.href;
  }, 180_000);
  afterAll(async () => {
    for (const sql of product === undefined ? [] : accounts[family].drop(reader)) await product.query(sql);
    await product?.database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Everything that is there: each row of each table, and what else has a name. */
  const digestOfAll = async (): Promise<string> => {
    const namespace = family === 'postgresql' ? "'public'" : 'DATABASE()';
    const named = async (what: string, column: string, of: string) =>
      (
        await product.query(
          `SELECT ${column} AS n FROM information_schema.${what} WHERE ${of} = ${namespace} ORDER BY 1`,
        )
      ).map(({ n }) => String(n));
    const tables = await named('tables', 'table_name', 'table_schema');
    const hash = createHash('sha256');
    hash.update((await named('routines', 'routine_name', 'routine_schema')).join());
    for (const table of tables) {
      const rows = (await product.query(`SELECT * FROM ${table}`)).map((row) => JSON.stringify(row)).sort();
      hash.update(`${table}: ${rows.join('\n')}`);
    }
    return hash.digest('hex');
  };

  const rehearsed = async (...more: readonly string[]) => {
    const args = ['rehearse', '--from-live', '--json', ...(programs === undefined ? [] : ['--programs', programs])];
    const result = await deepcleanProcess([...args, '--url', readersUrl, ...more], { env: { TMPDIR: folder } });
    expect(result.stdout, result.stderr).not.toBe('');
    return { ...result, said: JSON.parse(result.stdout) as Rehearsal & { ok: boolean } };
  };

  test('an account that may only read suffices, all of it holds on a sample, and the live database is as it was', async () => {
    const before = await digestOfAll();
    const page = join(folder, 'rehearsal.html');
    const { said, exitCode } = await rehearsed('--sample', '500', '--out', page);
    const failures = said.cleanups.flatMap(({ procedure, failure, restore }: RehearsedCleanup) =>
      [failure, restore?.failure].flatMap((why) => (why === undefined ? [] : [`${procedure}: ${why}`])),
    );
    expect(failures).toEqual([]);
    expect(said).toMatchObject({ ok: true, changed: [], leavesNothing: true, passedOver: [] });
    expect(exitCode).toBe(0);
    expect(await digestOfAll()).toBe(before);
    expect(leftIn(folder)).toEqual([]);

    const tableOf = (name: string) => said.sample?.tables.find(({ table }) => table.toUpperCase() === name);
    expect(tableOf('IDN_OAUTH2_ACCESS_TOKEN')).toMatchObject({ how: 'spread', rows: 500 });
    expect(tableOf('IDN_OAUTH2_ACCESS_TOKEN_SCOPE')).toMatchObject({ how: 'asked', rows: 1000 });
    const cleaned = said.cleanups.find(({ policy }) => policy === 'tokens');
    expect(cleaned?.projection?.deleted).toBeGreaterThan(tokens * 3 * deadShare * 0.8);
    expect(cleaned?.projection?.deleted).toBeLessThan(tokens * 3 * deadShare * 1.2);
    expect(cleaned?.projection?.ms).toBeGreaterThan(0);
    const drawn = await readFile(page, 'utf8');
    expect(drawn).toContain('Sample of the live database');
    expect(drawn).toContain('nothing was written there');
    expect(drawn).toContain('First run in the live database: a guess');
  }, 240_000);

  /** Copies, and looks at what came. */
  const copied = async <T>(
    { rows, withSecrets }: { rows: number; withSecrets: boolean },
    look: (query: (sql: string) => Promise<readonly Row[]>) => Promise<T>,
  ): Promise<T> => {
    const { scratch } = dialect;
    if (scratch === undefined) throw new Error('no server');
    let server: ScratchServer | undefined;
    const connectTo = (one: ScratchServer) =>
      dialect.connect({ url: one.url, password: one.password, connectTimeoutMs: 10_000 });
    try {
      await copyLive({
        dialect,
        scratch,
        target: { url: readersUrl, connectTimeoutMs: 10_000 },
        policies: policies.map((policy) => ({
          policy,
          choices: { prefix: 'cleanup_', backup: 'deleted-rows' as const },
          settings: {},
        })),
        rows,
        withSecrets,
        programs,
        start: async () => {
          server = await scratch.start(programs);
          return server;
        },
        connectTo,
        onProgress: () => {},
      });
      if (server === undefined) throw new Error('no server was started');
      const connection = await connectTo(server);
      try {
        return await look((sql) => connection.query(sql));
      } finally {
        await connection.close();
      }
    } finally {
      server?.end();
    }
  };

  const secretColumns = [
    ['IDN_OAUTH2_ACCESS_TOKEN', ['ACCESS_TOKEN', 'REFRESH_TOKEN', 'ACCESS_TOKEN_HASH', 'REFRESH_TOKEN_HASH']],
    ['IDN_AUTH_SESSION_STORE', ['SESSION_ID', 'SESSION_OBJECT']],
  ] as const;

  /** Values of a column as text, those that are none left out. */
  const valuesOf = async (query: (sql: string) => Promise<readonly Row[]>, table: string, column: string) =>
    (await query(`SELECT ${column} AS v FROM ${table} WHERE ${column} IS NOT NULL`)).map(({ v }) =>
      Buffer.isBuffer(v) ? v.toString('hex') : String(v),
    );

  test('no secret is copied, each stand-in is as long, and as many differ', async () => {
    await copied({ rows: 100_000, withSecrets: false }, async (query) => {
      for (const [table, columns] of secretColumns) {
        for (const column of columns) {
          const live = await valuesOf((sql) => product.query(sql), table, column);
          const here = await valuesOf(query, table, column);
          const known = new Set(live.filter((value) => value !== ''));
          expect(
            here.filter((value) => known.has(value)),
            `${table}.${column}`,
          ).toEqual([]);
          expect(here.length).toBe(live.length);
          expect(new Set(here).size).toBe(new Set(live).size);
          if (live.every((value) => value.length >= 24)) {
            expect(here.map(({ length }) => length).sort()).toEqual(live.map(({ length }) => length).sort());
          }
        }
      }
      expect((await valuesOf(query, 'IDN_OAUTH2_ACCESS_TOKEN', 'TOKEN_STATE')).sort()).toEqual(
        (await valuesOf((sql) => product.query(sql), 'IDN_OAUTH2_ACCESS_TOKEN', 'TOKEN_STATE')).sort(),
      );
    });
  }, 120_000);

  test('with secrets, tables that are copied whole are the same to the last byte', async () => {
    await copied({ rows: 100_000, withSecrets: true }, async (query) => {
      for (const table of [...tokenTables, 'IDN_AUTH_SESSION_STORE', 'REG_LOG', 'REG_RESOURCE', 'REG_PROPERTY']) {
        if (!product.tables.includes(table)) continue;
        const [live, here] = await Promise.all(
          [(sql: string) => product.query(sql), query].map(async (read) =>
            (await read(`SELECT * FROM ${table}`)).map((row) => JSON.stringify(row)).sort(),
          ),
        );
        expect(here, table).toEqual(live);
      }
    });
  }, 120_000);

  test('the server itself lets nobody write in the transaction in which the live database is read', async () => {
    const connection = await dialect.connect({ url: product.database.url, connectTimeoutMs: 10_000 });
    try {
      for (const statement of dialect.scratch?.copying.beginReading ?? []) await connection.query(statement);
      const write = connection.query("UPDATE IDN_OAUTH2_ACCESS_TOKEN SET TOKEN_STATE = 'REVOKED'");
      await expect(write).rejects.toThrow(/read.only/i);
    } finally {
      await connection.close();
    }
  });

  test('of a sample, whatever a row refers to is there', async () => {
    // So few that not even the applications come whole.
    await copied({ rows: 20, withSecrets: false }, async (query) => {
      const [applications] = await query('SELECT COUNT(*) AS n FROM IDN_OAUTH_CONSUMER_APPS');
      expect(Number(applications?.n)).toBeGreaterThan(0);
      for (const { name, foreignKeys } of product.schema.tables) {
        for (const { columns, references, referencedColumns } of foreignKeys) {
          const pairs = columns.map((own, at) => `p.${referencedColumns[at]} = c.${own}`).join(' AND ');
          const isAll = columns.map((own) => `c.${own} IS NOT NULL`).join(' AND ');
          const [row] = await query(
            `SELECT COUNT(*) AS n FROM ${name} c WHERE ${isAll} AND NOT EXISTS (SELECT 1 FROM ${references} p WHERE ${pairs})`,
          );
          expect(Number(row?.n), `${name} (${columns.join()})`).toBe(0);
        }
      }
    });
  }, 120_000);

  test('without the program that reads the schema nothing is started, and it is named', async () => {
    const none = await mkdtemp(join(folder, 'none-'));
    const args = ['rehearse', '--from-live', '--url', readersUrl, '--programs', none];
    const { exitCode, stderr } = await deepcleanProcess(args, { env: { TMPDIR: folder, PATH: none } });
    expect(stderr).toMatch(/pg_dump|mysqldump|mariadb-dump/);
    expect(stderr).toContain('on this machine');
    expect(stderr).not.toContain('Starting');
    expect(exitCode).toBe(4);
    expect(leftIn(folder)).toEqual([]);
  });

  test('Ctrl-C while rows are copied leaves no server and no folder, and the live database as it was', async () => {
    const before = await digestOfAll();
    const args = [
      'rehearse',
      '--from-live',
      '--url',
      readersUrl,
      ...(programs === undefined ? [] : ['--programs', programs]),
    ];
    const { exitCode } = await deepcleanProcess(args, {
      env: { TMPDIR: folder },
      started: (child) => {
        child.stderr?.on('data', (text) => {
          if (String(text).includes('Copying')) child.kill('SIGINT');
        });
      },
    });
    expect(exitCode).toBe(130);
    expect(leftIn(folder)).toEqual([]);
    expect(await digestOfAll()).toBe(before);
  }, 120_000);
});
