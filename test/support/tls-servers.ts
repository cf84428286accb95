import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import type { Connection, ConnectionTarget } from '../../src/dialects/dialect.js';
import type { ConnectionError } from '../../src/errors.js';
import { type Certificates, makeCertificates } from './certificates.js';
import { acquireEngine, type Engine, type TestDatabase } from './engines/index.js';
import { resolveHere } from './resolve-here.js';

/** Hosts that lead to this machine, though not by a name of its own. */
export const named = 'db.deepclean.test';
export const address = '0.0.0.0';

/** A server whose certificate is for `named`, and one as other tests have it; both are there once tests run. */
export interface TlsServers {
  readonly certificates: Certificates;
  readonly encrypted: Engine;
  readonly database: TestDatabase;
  readonly unencrypted: TestDatabase;
  /** For files of a test. */
  readonly folder: string;
}

interface Choices {
  /** What the server is started with. */
  readonly settings: (certificates: Certificates) => readonly string[];
  readonly connect: (target: ConnectionTarget) => Promise<Connection>;
}

/** Starts the servers for the tests of a file, and stops them. */
export function useTlsServers(plain: Engine, { settings, connect }: Choices) {
  const servers = {} as TlsServers;
  const undo: (() => unknown)[] = [];
  beforeAll(async () => {
    undo.push(resolveHere(named));
    const folder = mkdtempSync(join(tmpdir(), 'deepclean-connections-'));
    undo.push(() => rmSync(folder, { recursive: true }));
    const certificates = makeCertificates(named);
    undo.push(() => certificates.remove());
    const options = { private: true, arguments: settings(certificates) };
    const encrypted = (await acquireEngine(plain.name, options)) as Engine;
    undo.push(() => encrypted.stop());
    const database = await encrypted.createDatabase();
    const unencrypted = await plain.createDatabase({ name: database.name });
    undo.push(() => unencrypted.drop());
    Object.assign(servers, { certificates, encrypted, database, unencrypted, folder });
  });
  afterAll(async () => {
    for (const one of undo.reverse()) await one();
  });
  afterEach(() => vi.unstubAllEnvs());

  return {
    servers,
    /** The same database with another host, and options of the URL. */
    at: (host: string, query = '', from = servers.database): string =>
      `${from.url.replace('127.0.0.1', host)}${query === '' ? '' : `?${query}`}`,
    /** The first row of the answer. */
    async ask(url: string, sql: string): Promise<readonly unknown[]> {
      const connection = await connect({ url, connectTimeoutMs: 5000 });
      try {
        return Object.values((await connection.query(sql))[0] ?? {});
      } finally {
        await connection.close();
      }
    },
    failure: (url: string): Promise<ConnectionError> =>
      connect({ url, connectTimeoutMs: 5000 }).then(
        () => expect.unreachable('it connected'),
        (error: ConnectionError) => error,
      ),
  };
}
