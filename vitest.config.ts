import { defineConfig } from 'vitest/config';

/** Files that cannot share a process with others, each for the reason above it. */
const ISOLATED = [
  // They are about what a copy of this package finds when it is loaded, and load several.
  'test/runtime/{copies,versions}.test.ts',
  // It replaces a module of the sources (`vi.mock`), which a file before it may have loaded.
  'test/register/config-file.test.ts',
  // It replaces the price list of the process.
  'test/processor/refresh-prices.test.ts',
  // They fill the table of names of options that a process does not know, which then reports no more.
  'test/fuzz/fuzz.test.ts',
  'test/wrappers/bounded-walks.test.ts',
];

/** They measure CPU time and the time that the event loop waits, which are those of a process: threads beside it would count. */
const MEASURING = ['test/compute/**/*.test.ts'];

/**
 * Suites whose tests each start processes, which takes most of the time of a whole run: `npm test` runs one of them, in CI
 * always the same and elsewhere another each time. `npm run test:long -- processes`, a step of CI, runs all, and so does a
 * run that names files.
 */
const PROCESSES = [
  ...['burst', 'exit-faults', 'instrumentations', 'metrics', 'refusal', 'secrets', 'threads'].map(
    (name) => `test/register/${name}.test.ts`,
  ),
  'test/demo/figures.test.ts',
  'test/demo/runaway.test.ts',
];
const namesFiles = process.argv.slice(2).some((argument) => argument.includes('test/'));
const areAllWanted = process.env.PROCESS_ROWS === 'all' || namesFiles;
const chosen = Number(process.env.LAW_SEED ?? Math.floor(Math.random() * 1000)) % PROCESSES.length;
const left = areAllWanted ? [] : PROCESSES.filter((_, index) => index !== chosen);

export default defineConfig({
  test: {
    // Tests that wait for processes of their own leave time for others; a third worker would load all sources once more.
    maxWorkers: 2,
    testTimeout: 120_000,
    // Seconds at most on an idle machine, and no reason to fail on a busy one.
    hookTimeout: 120_000,
    pool: 'threads',
    setupFiles: 'test/support/clean.ts',
    projects: [
      { extends: true, test: { name: 'isolated', include: ISOLATED, isolate: true } },
      { extends: true, test: { name: 'measuring', include: MEASURING, pool: 'forks', isolate: false } },
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...ISOLATED, ...MEASURING, ...left],
          isolate: false,
        },
      },
    ],
  },
});
