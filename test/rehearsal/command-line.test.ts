import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { deepclean, deepcleanProcess, useBuiltCli } from '../cli/run-cli.js';
import { productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';

/** What a rehearsal left in its folder for temporary files, which is its own: others rehearse at the same time. */
const leftIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith('deepclean-rehearsal-'));

describe('what cannot be rehearsed', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deepclean-no-dump-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('without a dump or a copy it says what to give', async () => {
    const { exitCode, stderr } = await deepclean(['rehearse', '--url', 'postgresql://wso2@127.0.0.1:1/live']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Give --dump FILE');
    expect(stderr).toContain('Never rehearse on the live database');
  });

  test('of a database whose server nobody may start, it says that a restored copy is the way', async () => {
    for (const url of ['mssql://sa@127.0.0.1:1/live', 'oracle://wso2@127.0.0.1:1/live']) {
      const { exitCode, stderr } = await deepclean(['rehearse', '--from-live', '--url', url]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('can be started here');
      expect(stderr).toContain('Restore a copy of the database, and give its URL with --copy.');
    }
  });

  test('how much is sampled is said of a live database only', async () => {
    const { exitCode, stderr } = await deepclean(['rehearse', '--dump', 'a.sql', '--sample', '10']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--sample and --with-secrets say what is copied from a live database');
  });

  test('a file that is no dump is named, with what would be one', async () => {
    const file = join(folder, 'notes.txt');
    await writeFile(file, 'buy milk\n');
    const { exitCode, stderr } = await deepclean(['rehearse', '--dump', file]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${file} is no dump that can be loaded`);
    expect(stderr).toContain('mysqldump');
  });

  test('a dump that is not there is named', async () => {
    const { exitCode, stderr } = await deepclean(['rehearse', '--dump', join(folder, 'none')]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('cannot be read');
  });

  test('programs that are not there are named', async () => {
    const file = join(folder, 'a.sql');
    await writeFile(file, '-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n');
    const { exitCode, stderr } = await deepclean(['rehearse', '--dump', file, '--programs', folder]);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('There is no mysqld of MySQL on this machine');
  });
});

describeEngines(['mariadb'], () => {
  useBuiltCli();
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deepclean-some-dump-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('a dump that does not load leaves no server, and says what the client said', async () => {
    const file = join(folder, 'broken.sql');
    await writeFile(file, '-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\nCREATE TABEL t (a INT);\n');
    const { exitCode, stderr } = await deepcleanProcess(['rehearse', '--dump', file], { env: { TMPDIR: folder } });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('broken.sql could not be loaded');
    expect(stderr).toContain('TABEL');
    expect(leftIn(folder)).toEqual([]);
  });

  test('a packed dump that was cut off is told as such', async () => {
    const file = join(folder, 'cut.sql.gz');
    const lines =
      '-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\n' +
      Array.from({ length: 5000 }, (_, n) => `SELECT ${n};\n`).join('');
    await writeFile(file, gzipSync(lines).subarray(0, -200));
    const { exitCode, stderr } = await deepcleanProcess(['rehearse', '--dump', file], { env: { TMPDIR: folder } });
    expect(stderr).toContain('cut.sql.gz could not be loaded: unexpected end of file');
    expect(exitCode).toBe(4);
    expect(leftIn(folder)).toEqual([]);
  });

  test('Ctrl-C leaves no server and no folder', async () => {
    const file = join(folder, 'slow.sql');
    await writeFile(file, '-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\nSELECT SLEEP(60);\n');
    const { exitCode } = await deepcleanProcess(['rehearse', '--dump', file], {
      env: { TMPDIR: folder },
      started: (child) => {
        child.stderr?.on('data', (text) => {
          if (String(text).includes('Loading')) void sleep(300).then(() => child.kill('SIGINT'));
        });
      },
    });
    expect(exitCode).toBe(130);
    expect(leftIn(folder)).toEqual([]);
  });
});

describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  test('a copy is rehearsed on where it is, and is as it was', async () => {
    const product = await productTables(engine);
    try {
      await fillTokens(product, 200);
      const page = join(await mkdtemp(join(tmpdir(), 'deepclean-page-')), 'rehearsal.html');
      const args = ['rehearse', '--copy', '--url', product.database.url ?? '', '--out', page];
      const { exitCode, stdout, stderr } = await deepclean(args);
      const text = await readFile(page, 'utf8');
      await rm(dirname(page), { recursive: true });
      expect(text).toContain('<h1>Rehearsal</h1>');
      expect(text).toContain('All of it held.');
      expect(stderr).toContain('Uninstalling');
      expect(stdout).toContain('All of it held.');
      expect(stdout).toContain('no live row is gone');
      expect(exitCode).toBe(0);
      const [row] = await product.query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN');
      expect(Number(row?.n)).toBe(200);
    } finally {
      await product.database.drop();
    }
  });
});
