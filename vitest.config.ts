import { defineConfig } from 'vitest/config';
export default defineConfig({
  test: {
    maxWorkers: 3,
    testTimeout: 30_000,
    pool: 'threads',
    setupFiles: 'test/support/clean.ts',
    projects: [
      { extends: true, test: { name: 'isolated', include: ['test/runtime/{copies,versions,shared-listeners}.test.ts','test/fuzz/**/*.test.ts','test/processor/refresh-prices.test.ts'], isolate: true } },
      { extends: true, test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: ['test/runtime/{copies,versions,shared-listeners}.test.ts','test/fuzz/**/*.test.ts','test/processor/refresh-prices.test.ts'], isolate: false } },
    ],
  },
});
