import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endServer, isRunning } from '../../../src/programs/process.js';

// One folder per test run holds the data, sockets, logs and process ids of every server that the run started.
// Workers find it through the environment, so that the first one that needs a server starts it for all of them.

const variable = 'DEEPCLEAN_TEST_RUN_FOLDER';
const prefix = 'deepclean-run-';
const patience = 120_000;

export function beginRun(): string {
  sweepAbandonedRuns();
  // A short path: sockets live below it, and their paths may not exceed about a hundred bytes.
  const folder = mkdtempSync(join(tmpdir(), prefix));
  // PostgreSQL may run as another user, who has to get through to its own folder below.
  chmodSync(folder, 0o711);
  writeFileSync(join(folder, 'owner'), String(process.pid));
  mkdirSync(join(folder, 'servers'), { mode: 0o711 });
  process.env[variable] = folder;
  // However this process ends (short of SIGKILL, see below), its servers end with it.
  process.once('exit', () => endRun(folder));
  process.once('SIGTERM', () => process.exit(143));
  return folder;
}

export const hasBegun = (): boolean => process.env[variable] !== undefined;

export function runFolder(): string {
  const given = process.env[variable];
  if (given !== undefined) return given;
  // Outside vitest (a benchmark, a demo) there is no global setup: this process owns the run.
  process.once('SIGINT', () => process.exit(130));
  return beginRun();
}

/** Ends every server of the run and removes its folder. Synchronous, so that an exit hook can do it. */
export function endRun(folder: string): void {
  for (const server of entries(join(folder, 'servers'))) endServer(join(folder, 'servers', server));
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  if (process.env[variable] === folder) delete process.env[variable];
}

// A run that was killed outright could not clean up; the next one does it.
function sweepAbandonedRuns(): void {
  for (const name of entries(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(tmpdir(), name);
    const owner = Number(readIfThere(join(folder, 'owner')));
    if (owner > 0 && !isRunning(owner)) endRun(folder);
  }
}

/**
 * The first caller of a name builds, everyone else in this run (other processes too) waits for what it built.
 * The folder is made by that first caller; the result must survive JSON.
 */
export async function buildOnce<T>(folder: string, build: () => Promise<T>): Promise<T> {
  try {
    await mkdir(folder, { mode: 0o711 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return waitFor<T>(folder);
  }
  await writeFile(join(folder, 'builder'), String(process.pid));
  try {
    const result = await build();
    await publish(folder, 'result', JSON.stringify(result));
    return result;
  } catch (error) {
    await publish(folder, 'failure', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function waitFor<T>(folder: string): Promise<T> {
  for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(50)) {
    // Asked before the files are read: a builder that ends after this moment has published by then.
    const builder = Number(readIfThere(join(folder, 'builder')));
    const builderIsGone = builder > 0 && !isRunning(builder);
    const result = readIfThere(join(folder, 'result'));
    if (result !== undefined) return JSON.parse(result) as T;
    const failure = readIfThere(join(folder, 'failure'));
    if (failure !== undefined) throw new Error(failure);
    if (builderIsGone) throw new Error(`The process that was preparing ${folder} ended before it was done.`);
  }
  throw new Error(`Waited ${patience / 1000} s for another process to prepare ${folder}.`);
}

// Renamed into place, so that a reader never sees half of it.
async function publish(folder: string, name: string, text: string): Promise<void> {
  await writeFile(join(folder, `${name}.new`), text, { mode: 0o600 });
  await rename(join(folder, `${name}.new`), join(folder, name));
}

export async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
