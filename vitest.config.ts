import { defineConfig } from 'vitest/config';

const filesOf = (...folders: string[]) => folders.map((folder) => `test/${folder}/**/*.test.ts`);

// The library has one meter a process and OpenTelemetry one provider, so what sets them up has globals of its own: those of
// a thread, or of a process where processes are started or their CPU time is read.
const THREAD = filesOf(
  'results',
  'spans',
  'runtime',
  'budgets',
  'pipeline',
  'processor',
  'wrappers',
  'laws',
  'truth',
  'fuzz',
  'optimize',
  'integration',
);
const PROCESS = filesOf('register', 'compute', 'examples', 'demo', 'differences');

export default defineConfig({
  test: {
    // Many tests wait for processes of their own; one worker, the default on two cores, waits with them.
    maxWorkers: 3,
    testTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'thread', include: THREAD, pool: 'threads', isolate: true } },
      { extends: true, test: { name: 'process', include: PROCESS, pool: 'forks', isolate: true } },
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...THREAD, ...PROCESS],
          pool: 'threads',
          isolate: false,
        },
      },
    ],
  },
});
