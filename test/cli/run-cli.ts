import { type ChildProcess, execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { beforeAll } from 'vitest';
import { runCommandLine } from '../../src/cli/run-command-line.js';
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
}

export interface ProcessOptions extends CliOptions {
  /** Told of the process once it has begun, for whoever sends it a signal. */
  readonly started?: (child: ChildProcess) => void;
  /** What stands on its stdin. */
  readonly stdin?: string;
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

/**
 * Runs a command line inside this process, without a terminal, in an empty folder, with an environment of its own: a
 * process takes a second to begin, and there are hundreds of calls. One at a time.
 */
export async function deepclean(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { env = {}, cwd = emptyFolder } = options;
  // An imitation of a server is spoken to by what a child process loads first.
  if (Object.keys(childEnvironment()).length > 0) return deepcleanProcess(args, options);
  if (running) throw new Error('A command line runs already; the second one needs a process of its own.');
  running = true;
  const was = { env: process.env, cwd: process.cwd(), stdout: process.stdout.write, stderr: process.stderr.write };
  const { log, error } = console;
  const said = { stdout: '', stderr: '' };
  process.env = { PATH: was.env.PATH, ...env };
  process.chdir(cwd);
  process.stdout.write = keep((text) => (said.stdout += text));
  process.stderr.write = keep((text) => (said.stderr += text));
  // The test runner has a console of its own, which passes these streams by.
  console.log = (...parts) => process.stdout.write(`${format(...parts)}\n`);
  console.error = (...parts) => process.stderr.write(`${format(...parts)}\n`);
  try {
    const exitCode = await runCommandLine(args, process.env);
    return { exitCode, ...said };
  } finally {
    Object.assign(console, { log, error });
    process.stdout.write = was.stdout;
    process.stderr.write = was.stderr;
    process.chdir(was.cwd);
    process.env = was.env;
    running = false;
  }
}

let running = false;

const keep = (add: (text: string) => void): typeof process.stdout.write =>
  ((text: string | Uint8Array) => {
    add(String(text));
    return true;
  }) as typeof process.stdout.write;

/** Runs the program as a user does: for signals, colours, time zones and whatever else a process knows when it begins. */
export function deepcleanProcess(
  args: readonly string[],
  { env = {}, cwd = emptyFolder, started, stdin }: ProcessOptions = {},
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
    child.stdin?.end(stdin);
    started?.(child);
  });
}

const emptyFolder = mkdtempSync(join(tmpdir(), 'deepclean-cli-'));
process.once('exit', () => {
  if (existsSync(emptyFolder) && readdirSync(emptyFolder).length === 0) rmdirSync(emptyFolder);
});
