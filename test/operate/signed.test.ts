import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/render/artifact.js';
import { type CliResult, deepclean, useBuiltCli } from '../cli/run-cli.js';
import { connected, dialectOf } from '../contract/support.js';
import { tokenTables } from '../support/data/create-tables.js';
import { productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { allow, makeKey } from '../support/ssh-keys.js';

useBuiltCli();

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const dialect = dialectOf(engine);
  const namespace = dialect.capabilities.defaultNamespace;
  const home = mkdtempSync(join(tmpdir(), 'deepclean-signed-'));
  const key = makeKey(home, 'jane');
  const stranger = makeKey(home, 'stranger');
  const allowed = allow(home, key, 'jane@example.com');
  let product: Awaited<ReturnType<typeof productTables>>;
  let folders = 0;

  beforeAll(async () => {
    product = await productTables(engine, { tables: tokenTables });
  });
  afterAll(async () => {
    await product?.database.drop();
    rmSync(home, { recursive: true, force: true });
  });

  const cli = (...args: string[]): Promise<CliResult> =>
    deepclean(args, { env: { DEEPCLEAN_URL: product.database.url }, cwd: home });
  function folder(): string {
    folders += 1;
    return join(home, `review-${folders}`);
  }

  /** A review of the tokens in a folder of its own. */
  async function reviewed(): Promise<string> {
    const out = folder();
    expect(await cli('review', '--policy', 'tokens', '--out', out)).toMatchObject({ exitCode: 0, stderr: '' });
    return out;
  }
  async function signed(by = key): Promise<string> {
    const out = await reviewed();
    await sign(out, by);
    return out;
  }
  async function sign(out: string, by = key): Promise<void> {
    expect(await cli('sign', out, '--key', by, '--name', 'Jane Doe')).toMatchObject({ exitCode: 0, stderr: '' });
  }
  const install = (review: string, ...more: string[]): Promise<CliResult> =>
    cli('install-procs', '--policy', 'tokens', '--review', review, '--allowed-signers', allowed, '--yes', ...more);

  const everything = (): Promise<readonly string[]> =>
    connected(product.database, dialect, async (connection) =>
      (await dialect.catalog.objectsLike(connection, '', namespace)).map(({ kind, name }) => `${kind} ${name}`),
    );

  /** Refused as not signed, and nothing came or went. */
  async function refused(attempt: () => Promise<CliResult>): Promise<string> {
    const before = await everything();
    const { exitCode, stderr, stdout } = await attempt();
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(await everything()).toEqual(before);
    expect(stderr).toContain('nothing was changed');
    return stderr;
  }

  function change(out: string, file: string, edit: (text: string) => string): void {
    const path = join(out, file);
    const text = readFileSync(path, 'utf8');
    const edited = edit(text);
    expect(edited).not.toBe(text);
    writeFileSync(path, edited);
  }

  describe('before anything is installed', () => {
    test('a review that nobody signed', async () => {
      const out = await reviewed();
      expect(await refused(() => install(out))).toContain('is not signed');
    });

    test('a signature that lies alone, and one that is missing beside its text', async () => {
      const out = await signed();
      rmSync(join(out, 'signed-by-jane-doe.txt.sig'));
      expect(await refused(() => install(out))).toContain('signed-by-jane-doe.txt.sig is missing');
      rmSync(join(out, 'signed-by-jane-doe.txt'));
      expect(await refused(() => install(out))).toContain('is not signed');
    });

    test('a key that may not sign', async () => {
      const out = await signed(stranger);
      expect(await refused(() => install(out))).toContain('no allowed signer made it');
    });

    test('a key whose time is over, and one that may sign something else only', async () => {
      const out = await signed(stranger);
      for (const [at, options] of ['valid-before="20200101" ', 'namespaces="git" '].entries()) {
        const file = join(home, `signers-${at}`);
        writeFileSync(file, `joe@example.com ${options}${readFileSync(`${stranger}.pub`, 'utf8')}`);
        await refused(() =>
          cli('install-procs', '--policy', 'tokens', '--review', out, '--allowed-signers', file, '--yes'),
        );
      }
    });

    test('a statement, a page, a name or a time that was changed after it was signed', async () => {
      const files = [
        ['review.json', (text: string) => text.replace('"safe_period_minutes": "120"', '"safe_period_minutes": "121"')],
        ['review.html', (text: string) => text.replace('What is signed', 'What is  signed')],
        ['signed-by-jane-doe.txt', (text: string) => text.replace('Jane', 'Joan')],
        ['signed-by-jane-doe.txt', (text: string) => text.replace(/Signed at: 2/, 'Signed at: 3')],
        [
          'signed-by-jane-doe.txt.sig',
          (text: string) => text.replace(/\n(.)/, (_, one) => `\n${one === 'V' ? 'U' : 'V'}`),
        ],
      ] as const;
      const out = await signed();
      for (const [file, edit] of files) {
        const copy = folder();
        cpSync(out, copy, { recursive: true });
        change(copy, file, edit);
        expect(await refused(() => install(copy))).toMatch(/has no signature that counts/);
      }
    });

    test('a signature of another review', async () => {
      const [out, other] = [await reviewed(), folder()];
      await cli('review', '--policy', 'tokens', '--out', other, '--set', 'safe_period_minutes=60');
      await sign(other);
      for (const file of ['signed-by-jane-doe.txt', 'signed-by-jane-doe.txt.sig'])
        cpSync(join(other, file), join(out, file));
      expect(await refused(() => install(out))).toContain('is of another review.json');
    });

    test('a setting that alters the SQL, and what that means', async () => {
      const out = await signed();
      const said = await refused(() => install(out, '--set', 'safe_period_minutes=60'));
      expect(said).toContain('What would be installed is not what Jane Doe signed at 2');
      expect(said).toContain(
        'tokens: setting safe_period_minutes begins with 60 minutes instead of 120 (more rows die)',
      );
      expect(said).toContain('20-tokens-tables.sql is not the one that was signed');
    });

    test('a cleanup that the review does not speak of', async () => {
      const out = folder();
      await cli('review', '--policy', 'tokens', '--out', out, '--backup', 'none');
      await sign(out);
      const said = await refused(() => install(out));
      expect(said).toContain('40-restore_tokens.sql is not in the signed review');
      expect(said).toContain('of deleted rows, all is kept and can be restored; before, nothing is kept');
    });

    test('a byte of a file, also if its checksums were brought in line', async () => {
      const out = await signed();
      const from = folder();
      cpSync(out, from, { recursive: true });
      const file = `${dialect.name}/30-cleanup_tokens.sql`;
      const old = sha256(readFileSync(join(from, file), 'utf8'));
      change(from, file, (text) => text.replace(/\n$/, ' \n'));
      const now = sha256(readFileSync(join(from, file), 'utf8'));
      change(from, 'manifest.json', (text) => text.replace(old, now));
      const manifest = sha256(readFileSync(join(from, 'manifest.json'), 'utf8'));
      change(from, 'SHA256SUMS', (text) =>
        text.replace(old, now).replace(/[0-9a-f]{64}(?= {2}manifest.json)/, manifest),
      );
      const said = await refused(() => install(out, '--from', from));
      expect(said).toContain('30-cleanup_tokens.sql is not the one that was signed');
    });

    test('what the installer goes by, also if its checksum was brought in line', async () => {
      const out = await signed();
      const from = folder();
      cpSync(out, from, { recursive: true });
      change(from, 'manifest.json', (text) => text.replace('"complete": true', '"complete": false'));
      const manifest = sha256(readFileSync(join(from, 'manifest.json'), 'utf8'));
      change(from, 'SHA256SUMS', (text) => text.replace(/[0-9a-f]{64}(?= {2}manifest.json)/, manifest));
      const said = await refused(() => install(out, '--from', from));
      expect(said).toContain('what manifest.json says of cleanup_tokens is not what was signed');
    });

    test('a changed rule, in its meaning', async () => {
      const out = await reviewed();
      let gone = '';
      // As if an earlier version had known one reason less, and one more.
      change(out, 'review.json', (text) => {
        const statement = JSON.parse(text);
        const [step] = statement.cleanups[0].rules.steps;
        const [first, ...others] = step.reasons;
        gone = first.name;
        step.reasons = [...others, { ...first, name: 'long_ago', meaning: 'it was, long ago' }];
        statement.files['30-cleanup_tokens.sql'] = '0'.repeat(64);
        return JSON.stringify(statement);
      });
      await sign(out);
      const said = await refused(() => install(out));
      const name = '(?:wso2|public)?\\.?IDN_OAUTH2_ACCESS_TOKEN';
      expect(said).toMatch(
        new RegExp(`now also deletes rows of ${name} as ${gone} \\(.*\\): its TOKEN_STATE is `, 'i'),
      );
      expect(said).toMatch(new RegExp(`no longer deletes rows of ${name} as long_ago \\(it was, long ago\\)`, 'i'));
      expect(said).toContain('(more rows die)');
      expect(said).toContain('(fewer rows die)');
      expect(said).toContain('30-cleanup_tokens.sql is not the one that was signed');
    });

    test('nothing that says what was signed, or who may', async () => {
      const out = await signed();
      for (const args of [
        ['--require-signature'],
        ['--review', out],
        ['--require-signature', '--allowed-signers', allowed],
      ]) {
        const { exitCode, stderr } = await cli('install-procs', '--yes', ...args);
        expect({ exitCode, stderr }).toMatchObject({
          exitCode: 2,
          stderr: expect.stringContaining('A signature is required'),
        });
      }
    });
  });

  describe('what somebody signed who may', () => {
    let out: string;
    beforeAll(async () => {
      out = await signed();
    });

    test('is installed, from the same rules or from the reviewed files, and who signed it is shown', async () => {
      const { exitCode, stdout, stderr } = await install(out);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/signed by Jane Doe \(jane@example.com, key SHA256:\S+\) at 2\S+Z/);
      const again = await install(out, '--from', out);
      expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nothing to do') });
    });

    test('is verified: who signed what when', async () => {
      const { exitCode, stdout } = await cli('verify', '--policy', 'tokens');
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        /signed: \d+ objects by Jane Doe \(jane@example.com, key SHA256:\S+\) at 2\S+Z, as review [0-9a-f]{12}/,
      );
      const json = await cli('verify', '--policy', 'tokens', '--json', '--review', out, '--allowed-signers', allowed);
      expect(json.exitCode).toBe(0);
      const { objects } = JSON.parse(json.stdout);
      expect(objects.every((one: { signatures?: unknown[] }) => one.signatures?.length === 1)).toBe(true);
      expect(objects[0].signatures[0]).toMatchObject({
        name: 'Jane Doe',
        principal: 'jane@example.com',
        reviewSha256: sha256(readFileSync(join(out, 'review.json'), 'utf8')),
      });
    });

    test('is signed by a second person, and both are known', async () => {
      const second = makeKey(home, 'joe', 'ecdsa');
      allow(home, second, 'joe@example.com');
      expect((await cli('sign', out, '--key', second, '--name', 'Joe Q. Public')).exitCode).toBe(0);
      expect(readdirSync(out).filter((file) => file.endsWith('.sig'))).toHaveLength(2);
      expect((await install(out)).exitCode).toBe(0);
      const { stdout } = await cli('verify', '--policy', 'tokens');
      expect(stdout).toMatch(/objects by Jane Doe .*\n.*objects by Joe Q\. Public \(joe@example.com/);
    });

    test('is not what somebody installed without a signature: verification names that', async () => {
      const other = ['--policy', 'tokens', '--backup', 'none'];
      expect((await cli('install-procs', '--yes', ...other)).exitCode).toBe(0);
      const loose = await cli('verify', ...other);
      expect(loose.exitCode).toBe(0);
      expect(loose.stdout).toMatch(/signed by nobody:\n(- .*\n)*- procedure cleanup_tokens/i);
      const strict = await cli('verify', ...other, '--require-signature');
      expect(strict.exitCode).toBe(1);
      const both = await cli('verify', ...other, '--review', out, '--allowed-signers', allowed);
      expect(both).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('is not what Jane Doe signed') });
    });
  });
});
