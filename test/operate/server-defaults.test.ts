import { expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { deepclean, useBuiltCli } from '../cli/run-cli.js';
import { productTables } from '../support/deployment.js';
import { acquireEngine, engineOrSkip } from '../support/engines/index.js';

const tokens = 2000;

useBuiltCli();

/** Defaults of a server, or of a database, that are right for the product and would break a long call. */
const defaults = [
  ['postgresql', 'cuts statements off after a second', []],
  ['mariadb', 'cuts statements off, and commits nothing by itself', ['--max-statement-time=1', '--autocommit=0']],
  ['mysql', 'commits nothing by itself', ['--autocommit=0']],
] as const;
test.for(defaults)('a run outlasts %s that %s', { timeout: 60_000 }, async ([name, , serverArguments], context) => {
  const found = await acquireEngine(name, { private: true, arguments: serverArguments });
  const engine = engineOrSkip(found, name, context);
  try {
    const { database, family, query } = await productTables(engine);
    if (family === 'mysql') await query('SET autocommit = 1');
    else await query(`ALTER DATABASE ${database.name} SET statement_timeout = '1s'`);
    await fillTokens({ query, family }, tokens);
    const ask = async (...args: string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await deepclean([...args, '--json'], {
        env: { DEEPCLEAN_URL: database.url },
      });
      expect({ args, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ args, exitCode: 0, stderr: '' });
      return stdout;
    };
    await ask('install-procs', '--yes');
    await ask('settings', '--cleanup', 'tokens', 'pause_ms=100', 'batch_rows_maximum=100');
    expect(JSON.parse(await ask('run', 'cleanup_tokens'))).toMatchObject({ status: 'ended', whyStopped: 'done' });
    await ask('uninstall', '--yes');
  } finally {
    await engine.stop();
  }
});
