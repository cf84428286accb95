import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Command,
  endServer,
  freePort,
  runOrThrow,
  signalServer,
  startServer,
} from '../../../src/programs/process.js';
import { buildOnce, readText, runFolder } from './run-folder.js';

// A private server's life: data copied from a template made once per run, a free port, a process, an end.

/** What one kind of server needs to be started; the rest is the same for all. */
export interface Recipe {
  /** Same key, same template of the data folder. */
  readonly templateKey: string;
  /** Fills `folder` with a new data directory named data. */
  prepare(folder: string): Promise<void>;
  command(folder: string, facts: Facts): Promise<Command>;
  /** Throws until the server answers at this address. */
  probe(facts: Facts): Promise<void>;
  /** Done once, after the first start. */
  setUp(facts: Facts): Promise<void>;
  /** Done after every start. */
  afterStart(facts: Facts): Promise<void>;
  readonly cleanShutdown: NodeJS.Signals;
}

export interface Facts {
  readonly folder: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const startTries = 3;
const startPatience = 60_000;

export async function launch(recipe: Recipe, folder: string): Promise<Facts> {
  const template = join(runFolder(), `template-${recipe.templateKey}`);
  await buildOnce(template, async () => {
    await recipe.prepare(template);
    return true;
  });
  await mkdir(folder, { recursive: true, mode: 0o711 });
  for (let attempt = 1; ; attempt += 1) {
    await rm(join(folder, 'data'), { recursive: true, force: true });
    // cp keeps the owner, which is not this process's user where that is root.
    await runOrThrow({ program: 'cp', args: ['-a', join(template, 'data'), join(folder, 'data')] });
    const facts = { folder, port: await freePort(), user: 'tester', password: 'for-tests-only' };
    try {
      await start(recipe, facts);
      await recipe.setUp(facts);
      await recipe.afterStart(facts);
      return facts;
    } catch (error) {
      // Between asking for a free port and using it, someone else may have taken it.
      const portWasTaken = /address already in use/i.test(await readText(join(folder, 'server.log')));
      if (!portWasTaken || attempt === startTries) throw error;
    }
  }
}

export async function relaunch(recipe: Recipe, facts: Facts): Promise<void> {
  await signalServer(facts.folder, recipe.cleanShutdown);
  await start(recipe, facts);
  await recipe.afterStart(facts);
}

export async function crash(facts: Facts): Promise<void> {
  await signalServer(facts.folder, 'SIGKILL');
}

export function discard(facts: Facts): void {
  endServer(facts.folder);
}

async function start(recipe: Recipe, facts: Facts): Promise<void> {
  const command = await recipe.command(facts.folder, facts);
  const { exited } = startServer(command, facts.folder);
  let lastProblem: unknown;
  for (const deadline = Date.now() + startPatience; Date.now() < deadline && !exited(); await sleep(50)) {
    try {
      await recipe.probe(facts);
      return;
    } catch (error) {
      lastProblem = error;
    }
  }
  const log = (await readText(join(facts.folder, 'server.log'))).slice(-2000);
  await signalServer(facts.folder, 'SIGKILL');
  throw new Error(`${command.program} did not start (${String(lastProblem)}). The end of its log:\n${log}`);
}
