import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Each file starts programs of its own; two sets of them at once are slower than one after the other.
    fileParallelism: false,
    // Longer than two waits of support/ask.ts, which say what they waited for.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
