import { readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newestPostgresqlFolders } from '../../src/dialects/postgresql/programs.js';
import { loadProfile } from '../../src/dialects/profiles.js';
import { findDialect } from '../../src/dialects/registry.js';
import { findProgram } from '../../src/programs/find.js';
import { type Command, runOrThrow } from '../../src/programs/process.js';
import type { RehearsedCleanup } from '../../src/rehearsal/types.js';
import type { Schema } from '../../src/schema/types.js';
import { fillTokens } from '../bench/fill-tokens.js';
import { deepcleanProcess, useBuiltCli } from '../cli/run-cli.js';
import { fill } from '../support/conformance.js';
import { abilitiesOf } from '../support/data/cases.js';
import { tokenTables } from '../support/data/create-tables.js';
import { completeSchema } from '../support/data/later-tables.js';
import { randomWriters } from '../support/data/writers.js';
import { type Deployment, defaultProfile, familyOf, productTables } from '../support/deployment.js';
import { describeEngines, type Engine } from '../support/engines/index.js';
import { enginesFolder } from '../support/engines/programs.js';
import { scenarios } from '../support/scenario/all.js';
import { randomStart } from '../support/scenario/random-start.js';
import { readClocks } from '../support/scenario/run-case.js';

/** Tokens besides the rows of all kinds. */
const tokens = 3000;

/** Cleanups whose rows are put in; rows of the others need tables that not every version has. */
const filled = ['sessions', 'registry', 'workflows'];

/** How the vendor's own program dumps a database, and where the programs are that load it. */
interface DumpWay {
  readonly name: string;
  readonly command: (url: URL, file: string) => Command;
  readonly programs?: string;
}

const client = (url: URL): readonly string[] => [
  `--host=${url.hostname}`,
  `--port=${url.port}`,
  `--user=${url.username}`,
];
const databaseOf = (url: URL): string => decodeURIComponent(url.pathname.slice(1));

const postgresqlDump = (name: string, format: string): DumpWay => ({
  name,
  command: (url, file) => ({
    program: join(newestPostgresqlFolders()[0] ?? '', 'bin/pg_dump'),
    args: [
      `--format=${format}`,
      `--file=${file}`,
      `--username=${url.username}`,
      `--host=${url.hostname}`,
      `--port=${url.port}`,
      databaseOf(url),
    ],
    env: { PGPASSWORD: url.password },
  }),
});

const mysqlDump = (program: string, programs?: string): DumpWay => ({
  name: 'plain',
  command: (url, file) => ({
    program,
    args: [
      '--no-defaults',
      ...client(url),
      '--protocol=tcp',
      '--single-transaction',
      '--hex-blob',
      `--result-file=${file}`,
      databaseOf(url),
    ],
    env: { MYSQL_PWD: url.password },
  }),
  ...(programs !== undefined && { programs }),
});

const waysOf: Readonly<Record<string, readonly DumpWay[]>> = {
  postgresql: [postgresqlDump('plain', 'plain'), postgresqlDump('custom', 'custom')],
  mariadb: [mysqlDump(findProgram('mariadb-dump') ?? '')],
  mysql: [mysqlDump(join(enginesFolder, 'mysql/mysqldump'), join(enginesFolder, 'mysql'))],
};

/** A profile's tables; of MariaDB those of a schema that no profile has, with a customer's own table. */
function schemaOf(engine: Engine): Schema {
  return engine.dialect === 'mariadb'
    ? completeSchema(engine.dialect)
    : loadProfile(defaultProfile(engine), findDialect(engine.dialect));
}

/** What a rehearsal left in its folder for temporary files, which is its own: others rehearse at the same time. */
const leftIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith('deepclean-rehearsal-'));

// The dumps of Debian's pg_dump are of Debian's server.
describeEngines(['postgresql-cron', 'mariadb', 'mysql'], (engine) => {
  useBuiltCli();
  let product: Awaited<ReturnType<typeof productTables>>;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deepclean-dumps-'));
    // The server may run as another user.
    await chmod(folder, 0o711);
    const schema = schemaOf(engine);
    const chosen = scenarios.filter(({ policy }) => filled.includes(policy));
    const tables = new Set([...tokenTables, ...chosen.flatMap((one) => one.tables)]);
    product = await productTables(engine, { schema, tables: [...tables] });
    const deployment = product as Deployment;
    const [writerOf] = fc.sample(randomWriters, 1);
    await fillTokens(deployment, tokens);
    // What several cleanups' rows refer to is there once.
    const done = new Set(['IDN_OAUTH_CONSUMER_APPS']);
    for (const scenario of chosen) {
      const [random] = fc.sample(scenario.random, 1);
      if (random === undefined || writerOf === undefined) throw new Error('nothing was made');
      const abilities = abilitiesOf(familyOf(engine));
      const { start } = randomStart(scenario, random, writerOf, undefined, readClocks(), abilities, product.schema);
      const others = Object.entries(start.database).filter(([table]) => !done.has(table));
      await fill(deployment, Object.fromEntries(others));
      for (const [table] of others) done.add(table);
    }
    if (engine.dialect === 'mariadb') {
      await product.query('CREATE TABLE BILLING_NOTE (TOKEN_ID VARCHAR(255) NOT NULL, NOTE VARCHAR(100))');
    }
  }, 180_000);
  afterAll(async () => {
    await product?.database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(waysOf[engine.dialect]?.map((way) => [way.name, way] as const) ?? [])(
    'a %s dump is loaded, cleaned, compared and restored, and nothing stays behind',
    async (name, { command, programs }) => {
      const file = join(folder, `${name}.dump`);
      await runOrThrow(command(new URL(product.database.url ?? ''), file));
      const packed = `${file}.gz`;
      await runOrThrow({ program: 'gzip', args: ['--keep', file] });
      const args = [
        'rehearse',
        '--dump',
        packed,
        '--json',
        ...(programs === undefined ? [] : ['--programs', programs]),
      ];
      const { exitCode, stdout, stderr } = await deepcleanProcess(args, { env: { TMPDIR: folder } });
      expect(stdout, stderr).not.toBe('');
      const said = JSON.parse(stdout);
      const failures = said.cleanups.flatMap(({ procedure, failure, restore }: RehearsedCleanup) =>
        [failure, restore?.failure].flatMap((why) => (why === undefined ? [] : [`${procedure}: ${why}`])),
      );
      expect(failures).toEqual([]);
      expect(said).toMatchObject({ ok: true, changed: [], leavesNothing: true });
      expect(exitCode).toBe(0);
      expect(said.rows).toBeGreaterThan(tokens);
      const cleaned = said.cleanups.find(({ policy }: { policy: string }) => policy === 'tokens');
      expect(cleaned.restore.rows).toBeGreaterThan(tokens / 2);
      expect(leftIn(folder)).toEqual([]);
    },
    240_000,
  );
});
