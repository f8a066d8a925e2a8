/**
 * Runs the tests and prints `N passed, N failed, N skipped` as the last line.
 *
 *   node scripts/test.mjs [--root <folder>] [file filter…]
 *
 * Exits with 1 when a test failed, a file could not be loaded, an error went unhandled, or no test ran.
 */
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

// CI uses the same cases in every run; elsewhere each run uses others.
if (process.env.CI) process.env.LAW_SEED ??= '1';

const { values, positionals } = parseArgs({ options: { root: { type: 'string' } }, allowPositionals: true });
const vitest = await startVitest('test', positionals, { watch: false, ...values });
const counts = countResults(vitest.state);
await vitest.close();

console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);

function countResults(state) {
  const counts = { passed: 0, failed: state.getUnhandledErrors().length, skipped: 0 };
  for (const module of state.getTestModules()) {
    // A failure outside a test (a file that does not load, a hook of a suite) counts as one failure.
    counts.failed += module.errors().length;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const { state: result } = test.result();
      counts[result === 'pending' ? 'failed' : result] += 1;
    }
  }
  return counts;
}
