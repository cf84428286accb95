import type { Row, TestSession } from './types.js';

export interface OpenSession extends TestSession {
  /** True once the server or the network ended the connection. */
  readonly lost: () => boolean;
}

/** One connection, opened when first used and opened again after it was lost (a killed server, a cut connection). */
export class LazySession implements TestSession {
  private session: Promise<OpenSession> | undefined;
  private readonly open: () => Promise<OpenSession>;

  constructor(open: () => Promise<OpenSession>) {
    this.open = open;
  }

  async query(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    return (await this.current()).query(sql, parameters);
  }

  async script(sql: string): Promise<void> {
    await (await this.current()).script(sql);
  }

  async close(): Promise<void> {
    const session = this.session;
    this.session = undefined;
    await (await session?.catch(() => undefined))?.close();
  }

  private async current(): Promise<OpenSession> {
    if (this.session !== undefined) {
      const session = await this.session.catch(() => undefined);
      if (session !== undefined && !session.lost()) return session;
    }
    this.session = this.open();
    return this.session;
  }
}

export async function once<T>(open: () => Promise<OpenSession>, use: (session: OpenSession) => Promise<T>): Promise<T> {
  const session = await open();
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

let counter = 0;

/** Unique among all workers and runs that share one server. */
export function uniqueName(): string {
  counter += 1;
  return `dc_test_${process.pid.toString(36)}_${Date.now().toString(36)}_${counter}`;
}

/** An admin URL turned to another database; every other part stays. */
export function urlForDatabase(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}
