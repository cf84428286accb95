import { describe, test } from 'vitest';
import { acquireEngine } from './acquire.js';
import { missingEngineTitle } from './missing-engine.js';
import type { Engine, EngineDialect, EngineName, EngineOptions } from './types.js';

/**
 * The same tests on each engine. Where an engine is missing, its tests are registered as skipped, so that the
 * end of the run can say by name and count what was not proven.
 */
export function describeEngines(
  names: readonly EngineName[],
  define: (engine: Engine) => void | Promise<void>,
  options: EngineOptions = {},
): void {
  for (const name of names) {
    // Asked for at once, so that the servers start side by side; a failure is told in its own group below.
    const acquired = acquireEngine(name, options);
    acquired.catch(() => undefined);
    describe(name, async () => {
      const engine = await acquired;
      if (engine === undefined) describe.skip(missingEngineTitle(name), () => defineForNothing(name, define));
      else await define(engine);
    });
  }
}

// The tests are only counted here, never run; a definition that needs a real server already now counts as one test.
async function defineForNothing(name: EngineName, define: (engine: Engine) => void | Promise<void>): Promise<void> {
  try {
    await define(absent(name));
  } catch {
    test.skip('everything on this engine');
  }
}

function absent(name: EngineName): Engine {
  const refuse = (): never => {
    throw new Error(missingEngineTitle(name));
  };
  return {
    name,
    dialect: dialectOf(name),
    version: '0',
    createDatabase: refuse,
    openDatabase: refuse,
    loadTimeZones: refuse,
    kill: refuse,
    restart: refuse,
    stop: refuse,
  };
}

const dialectOf = (name: EngineName): EngineDialect => (name === 'postgresql-cron' ? 'postgresql' : name);
