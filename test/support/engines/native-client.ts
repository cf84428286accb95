import { type Finished, run } from '../../../src/programs/process.js';
import type { Engine } from './types.js';

/** Feeds a .sql file's text to the vendor's own client, as a DBA would: `mysql … < file`. */
export async function runNativeClient(engine: Engine, url: string | undefined, sql: string): Promise<Finished> {
  const client = engine.nativeClient;
  if (client === undefined || url === undefined) throw new Error(`${engine.name} has no native client here.`);
  return run({ program: client.command, args: client.args(url), env: client.env(url) }, sql);
}
