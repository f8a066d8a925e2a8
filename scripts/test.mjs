/**
 * Runs the tests and prints `N passed, N failed, N skipped` as the last line; before it, on Linux, the CPU time of all.
 *
 *   node scripts/test.mjs [--root <folder>] [file filter…]
 *
 * Exits with 1 when a test failed, a file could not be loaded, an error went unhandled, or no test ran.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

// CI uses the same cases in every run; elsewhere each run uses others.
if (process.env.CI) process.env.LAW_SEED ??= '1';

const { values, positionals } = parseArgs({ options: { root: { type: 'string' } }, allowPositionals: true });
const vitest = await startVitest('test', positionals, { watch: false, ...values });
const counts = countResults(vitest.state);
await vitest.close();

const seconds = cpuSeconds();
if (seconds !== undefined) console.log(`${seconds.toFixed(0)} s of CPU time, child processes included`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);

/**
 * Of this process, in whose threads most tests run, and of the processes that they started. Node.js does not know that of
 * children, and other systems do not show it in a file.
 */
function cpuSeconds() {
  if (process.platform !== 'linux') return undefined;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // utime, stime, cutime and cstime, in hundredths of a second. The name in front may contain spaces.
  const ticks = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15);
  return ticks.reduce((sum, count) => sum + Number(count), 0) / 100;
}

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
