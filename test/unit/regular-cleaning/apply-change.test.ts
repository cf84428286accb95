import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { applyChange } from '../../../src/regular-cleaning/apply-change.js';
import { readConfigFile } from '../../../src/regular-cleaning/config-file.js';
import { planChange } from '../../../src/regular-cleaning/plan-change.js';
import { copyProductFile } from '../../support/product-files/index.js';

const root = mkdtempSync(join(tmpdir(), 'deepclean-regular-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'conf-'));
  file = join(folder, 'deployment.toml');
  copyProductFile('toml', file);
});

const apply = (path: string, cleaning: boolean): string => applyChange(planChange(readConfigFile(path), { cleaning }));

test('the old file is kept beside it, and never an earlier copy overwritten', () => {
  const before = readFileSync(file);
  expect(apply(file, false)).toBe(`${file}.backup-1`);
  const between = readFileSync(file);
  expect(apply(file, true)).toBe(`${file}.backup-2`);
  expect(readFileSync(`${file}.backup-1`).equals(before)).toBe(true);
  expect(readFileSync(`${file}.backup-2`).equals(between)).toBe(true);
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(readdirSync(folder).sort()).toEqual([
    'deployment.toml',
    'deployment.toml.backup-1',
    'deployment.toml.backup-2',
  ]);
});

test('mode bits stay, and the copy is no more readable than the file', () => {
  chmodSync(file, 0o640);
  const backup = apply(file, false);
  expect([file, backup].map((path) => statSync(path).mode & 0o7777)).toEqual([0o640, 0o640]);
});

test('a byte order mark and bytes of any encoding stay', () => {
  const odd = Buffer.from([0xef, 0xbb, 0xbf, ...Buffer.from('[server] # '), 0xe9, 0xff, 0x85, 0x0d, 0x0a]);
  const rest = Buffer.from('[oauth.token_cleanup]\r\nenable = true');
  writeFileSync(file, Buffer.concat([odd, rest]));
  apply(file, false);
  expect(readFileSync(file).equals(Buffer.concat([odd, Buffer.from('[oauth.token_cleanup]\r\nenable = false')]))).toBe(
    true,
  );
});

test('identity.xml in ISO-8859-1 keeps its bytes', () => {
  const xml = join(folder, 'identity.xml');
  copyProductFile('xml', xml);
  rmSync(file);
  const before = readFileSync(xml, 'latin1');
  expect(before).toContain('Jos\u00e9');
  apply(xml, false);
  expect(readFileSync(xml, 'latin1')).toBe(before.replace('>true</EnableTokenCleanup>', '>false</EnableTokenCleanup>'));
});

test('a link stays a link, and the file behind it is changed', () => {
  const link = join(folder, 'link.toml');
  symlinkSync(file, link);
  expect(apply(link, false)).toBe(`${file}.backup-1`);
  expect(readFileSync(link, 'utf8')).toContain('enable = false');
  expect(readdirSync(folder)).toContain('link.toml');
});

test('a file that somebody else changed meanwhile is left as it is', () => {
  const plan = planChange(readConfigFile(file), { cleaning: false });
  writeFileSync(file, '[server]\n');
  expect(() => applyChange(plan)).toThrow(/was changed by somebody else meanwhile/);
  expect(readFileSync(file, 'utf8')).toBe('[server]\n');
  expect(readdirSync(folder)).toEqual(['deployment.toml']);
});

test('a folder in which nothing can be written is told, and the file is as it was', () => {
  const plan = planChange(readConfigFile(file), { cleaning: false });
  const gone = { ...plan, file: { ...plan.file, path: join(folder, 'gone', 'deployment.toml') } };
  expect(() => applyChange(gone)).toThrow(/cannot be replaced \(ENOENT in stat\); it is as it was/);
  expect(readdirSync(folder)).toEqual(['deployment.toml']);
});

test('an identity.xml below a deployment.toml is known to be made from it', () => {
  mkdirSync(join(folder, 'identity'));
  const xml = join(folder, 'identity', 'identity.xml');
  copyProductFile('xml', xml);
  expect(readConfigFile(xml).madeFrom).toBe(file);
});

test.each([
  ['notes.txt', 'true', /neither an \.xml nor a \.toml/],
  ['identity.xml.j2', '<Server/>', /neither an \.xml nor a \.toml/],
  ['wide.toml', '\u0000[\u0000s', /no plain text/],
])('%s is no file of the product', (name, text, message) => {
  writeFileSync(join(folder, name), text);
  expect(() => readConfigFile(join(folder, name))).toThrow(message);
});
