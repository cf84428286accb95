import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeepcleanError, exitCodes } from '../errors.js';
import { type Command, endServer, type Finished, freePort, readLog, run, startServer } from '../programs/process.js';
import type { Connection } from './dialect.js';
import type { Dump, ScratchServer } from './scratch.js';

/** How long a server may take until it answers, milliseconds. */
const patienceMs = 120_000;

/** What one kind of server needs in order to be started. */
export interface ScratchRecipe {
  /** Makes the data. */
  prepare(folder: string): Promise<void>;
  command(folder: string, port: number): Promise<Command>;
  /** Of the database that is made. */
  target(port: number): Pick<ScratchServer, 'url' | 'password'>;
  /** Opens the server's own database. */
  connect(port: number): Promise<Connection>;
  /** Done once it answers: makes the database. */
  setUp(connection: Connection): Promise<void>;
}

/** Starts a server in a folder of its own. @throws DeepcleanError with the end of its log */
export async function startScratchServer(recipe: ScratchRecipe): Promise<ScratchServer> {
  // A short path: the server's socket lies below it.
  const folder = await mkdtemp(join(tmpdir(), 'deepclean-rehearsal-'));
  const end = (): void => endServer(folder);
  process.once('exit', end);
  try {
    // The server may have to run as another user than we do.
    await chmod(folder, 0o711);
    await recipe.prepare(folder).catch((error: unknown) => {
      throw notPrepared(error);
    });
    const port = await freePort();
    const command = await recipe.command(folder, port);
    const { exited } = startServer(command, folder);
    const connection = await answering(recipe, port, exited, folder);
    try {
      await recipe.setUp(connection);
    } finally {
      await connection.close();
    }
    return {
      ...recipe.target(port),
      end() {
        end();
        process.removeListener('exit', end);
      },
    };
  } catch (error) {
    end();
    process.removeListener('exit', end);
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function answering(
  recipe: ScratchRecipe,
  port: number,
  exited: () => boolean,
  folder: string,
): Promise<Connection> {
  let last: unknown;
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline && !exited(); await sleep(100)) {
    try {
      return await recipe.connect(port);
    } catch (error) {
      last = error;
    }
  }
  const why = last instanceof Error ? ` (${last.message})` : '';
  throw new DeepcleanError('rehearsal', exitCodes.preflight, `The server for the rehearsal did not start${why}.`, {
    cause: last,
    next: `The end of its log says why:\n${readLog(folder).slice(-1500)}`,
  });
}

const notPrepared = (error: unknown): DeepcleanError =>
  new DeepcleanError(
    'rehearsal',
    exitCodes.preflight,
    `The data of a new server could not be made: ${messageOf(error)}`,
    {
      cause: error,
      next: 'Correct that; or give the URL of a copy with --copy.',
    },
  );

/** Has a client read a dump. @throws DeepcleanError if the dump cannot be read to its end */
export async function feed(command: Command, dump: Dump): Promise<Finished> {
  try {
    return await run(command, dump.content());
  } catch (error) {
    throw new DeepcleanError(
      'rehearsal',
      exitCodes.preflight,
      `${dump.name} could not be loaded: ${messageOf(error)}`,
      {
        cause: error,
        next: 'Give a complete dump; one that gzip packed may have been cut off.',
      },
    );
  }
}

/** What a program of the vendor's writes about a live database. @throws DeepcleanError with what it said */
export async function readWithProgram(command: Command): Promise<string> {
  const { code, stdout, stderr } = await run(command);
  if (code === 0) return stdout;
  const said = stderr.trim().slice(0, 1500);
  throw new DeepcleanError(
    'rehearsal',
    exitCodes.preflight,
    `The schema could not be read by ${basename(command.program)}: ${said}`,
    {
      next: 'Correct that: the account needs SELECT on the tables, and the program must not be older than the server (--programs says where another is); or give --dump a dump.',
    },
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
