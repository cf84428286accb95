import { type ChildProcess, execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { childEnvironment } from '../support/engines/child-environment.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = join(root, 'dist/cli/main.js');
const lock = join(root, 'node_modules/.deepclean-build');

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Told of the process once it has begun, for whoever sends it a signal. */
  readonly started?: (child: ChildProcess) => void;
}

/** Builds the program once, unless what is built is newer than every source. */
export function useBuiltCli(): void {
  beforeAll(async () => {
    while (!claim()) await new Promise((resolve) => setTimeout(resolve, 200));
    try {
      if (!isFresh()) execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', join(root, 'tsconfig.json')]);
    } finally {
      rmdirSync(lock);
    }
  }, 120_000);
}

/** Only one test file builds at a time; a lock that somebody left behind counts for two minutes. */
function claim(): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 120_000) rmdirSync(lock);
    return false;
  }
}

function isFresh(): boolean {
  if (!existsSync(program)) return false;
  const built = statSync(program).mtimeMs;
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  return sources.every((file) => statSync(join(root, 'src', file)).mtimeMs < built);
}

/** Runs the program as a user does, without a terminal, in an empty folder, with an environment of its own. */
export function deepclean(
  args: readonly string[],
  { env = {}, cwd = emptyFolder, started }: CliOptions = {},
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { cwd, env: { PATH: process.env.PATH ?? '', ...childEnvironment(), ...env }, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') reject(error);
        else resolve({ exitCode: child.exitCode ?? -1, stdout, stderr });
      },
    );
    child.stdin?.end();
    started?.(child);
  });
}

const emptyFolder = mkdtempSync(join(tmpdir(), 'deepclean-cli-'));
afterAll(() => {
  if (existsSync(emptyFolder) && readdirSync(emptyFolder).length === 0) rmdirSync(emptyFolder);
});
