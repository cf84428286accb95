import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** What is undefined here is not handed on. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The operating system's user to run as; only root can ask for another one. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a server that outlives this process; its id is written down first of all, so that it can always be ended. */
export function startServer(command: Command, folder: string): { pid: number; exited: () => boolean } {
  const log = openSync(join(folder, 'server.log'), 'a');
  const child = spawn(command.program, command.args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...command.env },
    ...command.user,
  });
  closeSync(log);
  let exited = false;
  child.on('exit', () => {
    exited = true;
  });
  child.on('error', () => {
    exited = true;
  });
  child.unref();
  const pid = child.pid ?? 0;
  if (pid > 0) writeFileSync(join(folder, 'pid'), String(pid));
  return { pid, exited: () => exited };
}

/** What a server has said so far. */
export function readLog(folder: string): string {
  try {
    return readFileSync(join(folder, 'server.log'), 'utf8');
  } catch {
    return '';
  }
}

export function serverPid(folder: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    // A process id may have been given away since: a server of ours names its folder in its command line.
    return pid > 0 && commandLine(pid).includes(folder) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Sends a signal to a server and waits until it is gone. */
export async function signalServer(folder: string, signal: NodeJS.Signals): Promise<void> {
  const pid = serverPid(folder);
  if (pid === undefined) return;
  const helpers = signal === 'SIGKILL' ? childrenOf(pid) : [];
  send(pid, signal);
  // PostgreSQL's backends outlive their killed parent for a while and keep its shared memory busy.
  for (const helper of helpers) send(helper, signal);
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20)) {
    if (serverPid(folder) === undefined && !helpers.some(isRunning)) return;
  }
  throw new Error(`Process ${pid} is still there 60 s after ${signal}.`);
}

/** The end of a server whose data nobody needs any more. Synchronous; the folder goes too. */
export function endServer(folder: string): void {
  const pid = serverPid(folder);
  if (pid !== undefined) {
    const helpers = childrenOf(pid);
    // PostgreSQL answers SIGQUIT by leaving at once and frees its shared memory; the others just die.
    send(pid, 'SIGQUIT');
    for (const deadline = Date.now() + 500; serverPid(folder) !== undefined && Date.now() < deadline; ) pause(10);
    if (serverPid(folder) !== undefined) for (const process of [pid, ...helpers]) send(process, 'SIGKILL');
    for (const deadline = Date.now() + 5_000; serverPid(folder) !== undefined && Date.now() < deadline; ) pause(10);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // A zombie still has an id, but no command line: where nobody reaps it, it would seem to live for ever.
  return commandLine(pid) !== '';
}

/** Programs that this process waits for. */
const running = new Set<ChildProcess>();

/** A program must not outlive the process that waits for it: a server that makes its data would go on without its folder. */
function endWithThisProcess(child: ChildProcess): void {
  if (running.size === 0) process.once('exit', endRunning);
  running.add(child);
  child.once('close', () => {
    running.delete(child);
    if (running.size === 0) process.removeListener('exit', endRunning);
  });
}

function endRunning(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Runs a program, which ends with this process; its input is a text, or comes from a stream. */
export async function run(command: Command, input: string | Readable = ''): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command.program, command.args, {
      env: { ...process.env, ...command.env },
      ...command.user,
    });
    endWithThisProcess(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    // A program that stops at a mistake closes its input early; its exit code and stderr tell why.
    child.stdin.on('error', () => undefined);
    if (typeof input === 'string') {
      child.stdin.end(input);
    } else {
      input.on('error', (error) => {
        child.kill();
        reject(error);
      });
      input.pipe(child.stdin);
    }
  });
}

/** Runs to a good end or throws with what the program said. */
export async function runOrThrow(command: Command): Promise<string> {
  const { code, stdout, stderr } = await run(command);
  if (code !== 0) throw new Error(`${command.program} ended with ${code}:\n${(stdout + stderr).slice(-2000)}`);
  return stdout;
}

export async function succeeds(command: Command): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(command.program, [...command.args], { ...command.user }, (error) => resolve(error === null));
  });
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone, which is what was wanted.
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return process.platform === 'linux' ? '' : ps(['-o', 'args=', '-p', String(pid)]);
  }
}

function childrenOf(pid: number): number[] {
  if (process.platform !== 'linux') {
    const lines = ps(['-A', '-o', 'pid=,ppid=']).split('\n');
    return lines.flatMap((line) => {
      const [child, parent] = line.trim().split(/\s+/).map(Number);
      return child !== undefined && parent === pid ? [child] : [];
    });
  }
  return readdirSync('/proc').flatMap((name) => {
    const child = Number(name);
    return Number.isInteger(child) && parentOf(child) === pid ? [child] : [];
  });
}

function parentOf(pid: number): number | undefined {
  try {
    // "pid (name) state ppid …": the name may hold anything, so read from its closing parenthesis on.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function ps(args: readonly string[]): string {
  try {
    return execFileSync('ps', [...args], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
