import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SummaryReporter } from '../support/reporter.js';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/clusters/**/*.test.ts'],
    globalSetup: ['test/support/engines/global-setup.ts'],
    reporters: ['default', new SummaryReporter()],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // Three servers at once are enough for two cores; what is measured is who comes first.
    fileParallelism: false,
  },
});
