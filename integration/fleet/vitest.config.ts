import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Each file starts dozens of processes.
    fileParallelism: false,
    // Two cores carry some thirty processes.
    maxConcurrency: 4,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
