import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChecksumError, UsageError } from '../../../src/errors.js';
import { checkGenerated, readGenerated, writeGenerated } from '../../../src/render/manifest-folder.js';
import { deliverable, mysql, postgresql, schemaOf } from './fixtures.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deepclean-manifest-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const generated = (dialect = postgresql) => ({ deliverables: [deliverable(dialect)], version: '1.2.3' });
const text = (file: string) => readFileSync(join(folder, file), 'utf8');

test('what is written is read back as it was', () => {
  const { deliverables, version } = generated();
  writeGenerated(folder, postgresql, { deliverables, version });
  expect(readGenerated(folder, postgresql)).toEqual(deliverables);
  expect(JSON.parse(text('manifest.json')).dialects.postgresql).toMatchObject({ deepclean: '1.2.3' });
});

test('the same input gives the same bytes, and the check agrees', () => {
  expect(checkGenerated(folder, postgresql, generated()).every(({ state }) => state === 'missing')).toBe(true);
  writeGenerated(folder, postgresql, generated());
  const before = [text('manifest.json'), text('SHA256SUMS')];
  expect(checkGenerated(folder, postgresql, generated())).toEqual([]);
  expect(writeGenerated(folder, postgresql, generated())).toEqual([]);
  expect([text('manifest.json'), text('SHA256SUMS')]).toEqual(before);
});

test('a second dialect is merged in, in any order', () => {
  writeGenerated(folder, mysql, generated(mysql));
  writeGenerated(folder, postgresql, generated());
  const one = [text('manifest.json'), text('SHA256SUMS')];
  rmSync(folder, { recursive: true });
  writeGenerated(folder, postgresql, generated());
  writeGenerated(folder, mysql, generated(mysql));
  expect([text('manifest.json'), text('SHA256SUMS')]).toEqual(one);
  expect(readGenerated(folder, mysql)).toHaveLength(1);
  const files = text('SHA256SUMS')
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(66));
  expect(files).toEqual([...files].sort());
  expect(files).toContain('manifest.json');
});

test('sha256sum itself accepts the checksums', () => {
  writeGenerated(folder, postgresql, generated());
  execFileSync('sha256sum', ['-c', '--quiet', '--strict', 'SHA256SUMS'], { cwd: folder });
});

test('stale files of the dialect are removed, what others put there stays', () => {
  writeGenerated(folder, postgresql, { ...generated(), others: [{ file: '60-schedule.sql', text: 'SELECT 1;\n' }] });
  writeFileSync(join(folder, 'postgresql', 'notes.txt'), 'mine');
  const without = { deliverables: [deliverable(postgresql, schemaOf(), { backup: 'none' })], version: '1.2.3' };
  const stale = checkGenerated(folder, postgresql, without).filter(({ state }) => state === 'stale');
  expect(stale.map(({ file }) => file)).toEqual([
    'postgresql/25-cleanup_tokens_proof.sql',
    'postgresql/40-restore_tokens.sql',
    'postgresql/60-schedule.sql',
  ]);
  writeGenerated(folder, postgresql, without);
  expect(existsSync(join(folder, 'postgresql/60-schedule.sql'))).toBe(false);
  expect(existsSync(join(folder, 'postgresql/notes.txt'))).toBe(true);
});

test('every edited or missing file is named', () => {
  writeGenerated(folder, postgresql, generated());
  writeFileSync(join(folder, 'postgresql/30-cleanup_tokens.sql'), 'DROP DATABASE;\n');
  rmSync(join(folder, 'postgresql/10-support-tables.sql'));
  writeFileSync(join(folder, 'manifest.json'), text('manifest.json').replace('1.2.3', '1.2.4'));
  expect(() => readGenerated(folder, postgresql)).toThrow(
    'These files are not what was generated and reviewed:\n- manifest.json was edited\n' +
      '- postgresql/10-support-tables.sql is missing\n- postgresql/30-cleanup_tokens.sql was edited',
  );
});

test('an edited file with its checksum brought in line is still refused: the manifest knows better', () => {
  writeGenerated(folder, postgresql, generated());
  const file = 'postgresql/30-cleanup_tokens.sql';
  writeFileSync(join(folder, file), 'DROP DATABASE;\n');
  const sum = execFileSync('sha256sum', [file], { cwd: folder, encoding: 'utf8' }).trimEnd();
  writeFileSync(join(folder, 'SHA256SUMS'), text('SHA256SUMS').replace(/^.*30-cleanup_tokens.*$/m, sum));
  expect(() => readGenerated(folder, postgresql)).toThrow(ChecksumError);
});

test('a folder without the dialect, or with a broken manifest, is refused in words', () => {
  expect(() => readGenerated(folder, postgresql)).toThrow(UsageError);
  writeGenerated(folder, postgresql, generated());
  expect(() => readGenerated(folder, mysql)).toThrow('holds no files for MySQL');
  writeFileSync(join(folder, 'manifest.json'), '{"formatVersion": 99}');
  expect(() => readGenerated(folder, postgresql)).toThrow(ChecksumError);
});

test('a manifest cannot lead out of its folder', () => {
  writeGenerated(folder, postgresql, generated());
  writeFileSync(
    join(folder, 'manifest.json'),
    text('manifest.json').replaceAll('10-support-tables.sql', '../../secret.sql'),
  );
  expect(() => readGenerated(folder, postgresql)).toThrow('is not a manifest');
});
