import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const above = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: 'otel-agent-cost/shared', replacement: above('dist/shared.js') },
      { find: /^otel-agent-cost\/src\/(.*)$/, replacement: `${above('src')}/$1.ts` },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
