import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { buildOnce, runFolder } from './run-folder.js';
import { uniqueName } from './session.js';
import type { Engine, EngineOptions, Row, TestDatabase } from './types.js';
import { posixZone } from './zone.js';

// PostgreSQL inside this process. Each database is an instance of its own, loaded from one prepared image:
// a third of a second instead of two.

// bigint, numeric, and the types whose text pg keeps as well (see postgresql.ts).
const typesAsText = [20, 1700, 1082, 1083, 1114, 1184, 1186, 1266, 114, 3802];
const parsers = Object.fromEntries(typesAsText.map((oid) => [oid, (text: string) => text]));

export async function pgliteEngine(options: EngineOptions): Promise<Engine> {
  const open = new Set<PGlite>();

  async function createDatabase({ name = uniqueName() } = {}): Promise<TestDatabase> {
    const pglite = await PGlite.create({ loadDataDir: new Blob([await readFile(await imageFile())]), parsers });
    open.add(pglite);
    const close = async (): Promise<void> => {
      open.delete(pglite);
      if (!pglite.closed) await pglite.close();
    };
    if (options.timeZone !== undefined) {
      await pglite.query(`SELECT set_config('timezone', $1, false)`, [posixZone(options.timeZone)]);
    }
    return {
      name,
      url: undefined,
      pglite,
      async query(sql, parameters) {
        // Without parameters by the simple protocol, as the other engines do: several statements, and CALLs that commit.
        if (parameters !== undefined) return (await pglite.query<Row>(sql, [...parameters])).rows;
        return ((await pglite.exec(sql)).at(-1)?.rows ?? []) as Row[];
      },
      async script(sql) {
        await pglite.exec(sql);
      },
      connect: () => notPossible('open a second session'),
      close,
      drop: close,
    };
  }

  return {
    name: 'pglite',
    dialect: 'postgresql',
    version: await pgliteVersion(),
    createDatabase,
    openDatabase: () => {
      throw new Error('PGlite cannot open a database by name: each is an instance of its own.');
    },
    async loadTimeZones() {},
    kill: () => notPossible('be killed'),
    restart: () => notPossible('be restarted'),
    async stop() {
      for (const pglite of open) await pglite.close();
      open.clear();
    },
  };
}

async function imageFile(): Promise<string> {
  return (await prepared()).file;
}

async function pgliteVersion(): Promise<string> {
  return (await prepared()).version;
}

async function prepared(): Promise<{ file: string; version: string }> {
  const folder = join(runFolder(), 'pglite');
  return buildOnce(folder, async () => {
    const file = join(folder, 'image.tar');
    const pglite = await PGlite.create();
    const { rows } = await pglite.query<{ server_version: string }>('SHOW server_version');
    const image = await pglite.dumpDataDir('none');
    await writeFile(file, new Uint8Array(await image.arrayBuffer()));
    await pglite.close();
    return { file, version: rows[0]?.server_version ?? '' };
  });
}

async function notPossible(what: string): Promise<never> {
  throw new Error(`PGlite lives inside the test's process and cannot ${what}.`);
}
