import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A process a file: the library has one meter a process, and OpenTelemetry one provider.
    pool: 'forks',
    isolate: true,
    testTimeout: 30_000,
  },
});
