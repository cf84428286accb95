import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deepclean, useBuiltCli } from '../cli/run-cli.js';

const committed = fileURLToPath(new URL('../../generated/', import.meta.url));

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(sql|json)$|SHA256SUMS$/.test(file))
    .sort();

/** The committed folder is what the sources make, byte for byte: a change of a template shows as a diff to review. */
describe('generated/', () => {
  const fresh = mkdtempSync(join(tmpdir(), 'deepclean-golden-'));
  useBuiltCli();
  beforeAll(async () => {
    for (const [dialect, profile] of [
      ['postgresql', 'identity-5.14'],
      ['mysql', 'apim-4.5'],
      ['mssql', 'identity-5.14'],
      ['oracle', 'identity-5.14'],
    ] as const) {
      const { exitCode, stderr } = await deepclean([
        'generate',
        '--dialect',
        dialect,
        '--profile',
        profile,
        '--out',
        fresh,
      ]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    }
  });
  afterAll(() => rmSync(fresh, { recursive: true }));

  test('has the files that the sources make', () => {
    expect(filesOf(committed)).toEqual(filesOf(fresh));
  });

  test.each(filesOf(committed))('%s is what the sources make; if the change is meant, run "make generate"', (file) => {
    expect(readFileSync(join(fresh, file), 'utf8')).toBe(readFileSync(join(committed, file), 'utf8'));
  });

  test("has one folder for MySQL and MariaDB, whose files are MySQL's, byte for byte", async () => {
    const out = mkdtempSync(join(tmpdir(), 'deepclean-golden-'));
    await deepclean(['generate', '--dialect', 'mariadb', '--profile', 'apim-4.5', '--out', out]);
    const files = filesOf(join(committed, 'mysql'));
    expect(files.length).toBeGreaterThan(40);
    expect(filesOf(join(out, 'mariadb'))).toEqual(files);
    for (const file of files) {
      expect(readFileSync(join(out, 'mariadb', file), 'utf8')).toBe(
        readFileSync(join(committed, 'mysql', file), 'utf8'),
      );
    }
    rmSync(out, { recursive: true });
  });

  test('names nothing of the machine that made it', () => {
    for (const file of filesOf(committed)) {
      expect(readFileSync(join(committed, file), 'utf8')).not.toMatch(/\/(home|root|tmp|work|Users)\//);
    }
  });
});
