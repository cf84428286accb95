import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longest-first.js';
import { SummaryReporter } from './support/reporter.js';

// An imitation of SQL Server reads its catalog slowly.
const timeout = process.env.DEEPCLEAN_TEST_MSSQL_URL === undefined ? 60_000 : 180_000;

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**', '**/node_modules/**'],
    globalSetup: ['test/support/engines/global-setup.ts'],
    reporters: ['default', new SummaryReporter()],
    testTimeout: timeout,
    hookTimeout: timeout,
    pool: 'forks',
    // A file takes over what earlier ones have loaded; half the time of the fast tests went into loading it again.
    isolate: false,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
