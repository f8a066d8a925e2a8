import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A process a file: the library has one meter a process, and OpenTelemetry one provider.
    pool: 'forks',
    isolate: true,
    // Many tests wait for processes of their own; one worker, the default on two cores, waits with them.
    maxWorkers: 3,
    testTimeout: 30_000,
  },
});
