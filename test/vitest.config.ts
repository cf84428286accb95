import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longest-first.js';
import { SummaryReporter } from './support/reporter.js';

// An imitation of SQL Server reads its catalog slowly.
const timeout = process.env.DEEPCLEAN_TEST_MSSQL_URL === undefined ? 60_000 : 180_000;

/** Replaces modules, which nobody else may find loaded. */
const replacesModules = 'test/conformance/made-up-policy.test.ts';

/** What takes minutes, and repeats in more ways what other files test: `make test-slow` runs it. */
const slow = [
  'test/conformance/variants-mariadb.test.ts',
  'test/conformance/variants-mysql.test.ts',
  'test/fault/look.test.ts',
  'test/fault/planted.test.ts',
  'test/fault/rest.test.ts',
  'test/pages/history-page.test.ts',
  'test/rehearsal/live.test.ts',
  'test/rehearsal/planted-faults.test.ts',
  'test/rehearsal/random-rows.test.ts',
];
const leftOut = process.env.DEEPCLEAN_SLOW === '1' ? [] : slow;

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    globalSetup: ['test/support/engines/global-setup.ts'],
    reporters: ['default', new SummaryReporter()],
    testTimeout: timeout,
    hookTimeout: timeout,
    // The solver's threads end slowly on a busy machine.
    teardownTimeout: 60_000,
    pool: 'forks',
    // One more than there are cores: many tests wait for a lock, a pause or a server.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: ['test/bench/**', 'test/clusters/**', '**/node_modules/**', replacesModules, ...leftOut],
          // A file takes over what earlier ones have loaded; half the time of the fast tests went into loading it again.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'apart', include: [replacesModules] } },
    ],
  },
});
