import { defineConfig } from 'vitest/config';

/**
 * What a collector needs, measured on the machine this runs on:
 * `npx vitest run --config integration/backends/measure/vitest.config.ts`.
 */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.measure.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    disableConsoleIntercept: true,
  },
});
