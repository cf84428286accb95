import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const copied = [
  '.biome.json',
  'README.md',
  'docs',
  'generated',
  'package.json',
  'src',
  'templates',
  'test',
  'tsconfig.json',
];

/** A copy of the repository in which the recipe is followed. */
const copy = mkdtempSync(join(realpathSync(tmpdir()), 'deepclean-recipe-'));
for (const name of copied) cpSync(join(repository, name), join(copy, name), { recursive: true });
symlinkSync(realpathSync(join(repository, 'node_modules')), join(copy, 'node_modules'));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const page = readFileSync(join(repository, 'docs/new-cleanup.md'), 'utf8');
/** What the page shows for a file: the code below the last mention of its name. */
const shown = (file: string): string => {
  const [, after = ''] = page.split(`\`${file}\``);
  return /```[a-z]+\n([\s\S]*?)```/.exec(after)?.[1] ?? '';
};
const inCopy = (file: string) => join(copy, file);
const change = (file: string, edit: (text: string) => string): void =>
  writeFileSync(inCopy(file), edit(readFileSync(inCopy(file), 'utf8')));

/** A command of the page, run in the copy. */
function follow(program: string, args: readonly string[], variables: Record<string, string> = {}): void {
  // The copy has test runs of its own.
  const own = Object.entries(process.env).filter(([name]) => !/^(VITEST|DEEPCLEAN_)/.test(name));
  const { status, stdout, stderr } = spawnSync(join(copy, 'node_modules/.bin', program), args, {
    cwd: copy,
    env: { ...Object.fromEntries(own), ...variables },
    encoding: 'utf8',
  });
  expect({ program, status, said: status === 0 ? '' : `${stdout}${stderr}`.slice(-4000) }).toEqual({
    program,
    status: 0,
    said: '',
  });
}

test('docs/new-cleanup.md followed to the letter makes a cleanup that passes', () => {
  for (const file of ['src/policies/made-up-notes.ts', 'test/scenarios/made-up-notes.ts']) {
    writeFileSync(inCopy(file), shown(file));
  }
  const [importing = '', listing = ''] = shown('src/policies/index.ts').split('\n');
  change('src/policies/index.ts', (text) => `${importing}\n${text.replace(/\n\];\n$/, `\n${listing}\n];\n`)}`);
  change('test/support/data/later-tables.ts', (text) =>
    text.replace(/(later: .*\n)/, `$1${shown('test/support/data/later-tables.ts')}`),
  );
  change('docs/dba.md', (text) => text.replace(/(\n\| `IDN_ACTION` .*\n)/, `$1${shown('docs/dba.md')}`));

  const made = ['src/policies/made-up-notes.ts', 'test/scenarios/made-up-notes.ts'];
  // As printed they are in the layout that the linter wants; the line in the index may need its place.
  follow('biome', ['check', ...made]);
  follow('biome', ['check', '--write', 'src/policies', 'test/scenarios', 'test/support/data']);
  follow('tsx', ['test/support/write-docs.ts']);
  const run = ['run', '--config', 'test/vitest.config.ts'];
  follow('vitest', [...run, 'test/golden/complete.test.ts'], { DEEPCLEAN_UPDATE_GOLDEN: '1' });
  follow('vitest', [
    ...run,
    'test/golden/complete.test.ts',
    'test/golden/docs.test.ts',
    'test/unit/plan/explain.test.ts',
    'test/unit/policy/check.test.ts',
    'test/unit/policy/scenarios.test.ts',
    '--testNamePattern=made_up_notes|every policy|README|complete|says which cleanups',
  ]);
  expect(readFileSync(inCopy('README.md'), 'utf8')).toContain(
    '| `cleanup_made_up_notes` | notes that were closed or have expired |',
  );
  expect(readFileSync(inCopy('test/golden/complete/mysql/30-cleanup_made_up_notes.sql'), 'utf8')).toContain(
    'closed: its status is CLOSED',
  );
}, 600_000);
