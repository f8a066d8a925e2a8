/**
 * Breaks the sources in one place at a time, and expects a test to notice. Prints `N passed, N failed, N skipped` as the
 * last line: a mutant passes when it dies.
 *
 *   npm run test:mutants [-- <part of a mutant's line in the output>…]
 *
 * A table in `test/mutants/` has its mutants (`file` below `src/`, `from`, which is found there once, `to`), the `tests`
 * that must notice (lists of file filters of vitest, the quick ones first; a mutant may have its own), and settings for
 * them (`env`).
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVitest } from 'vitest/node';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const COPIED = ['src', 'test', 'docs', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
/** Some mutants make a loop endless, which is noticed, too. */
const TIMEOUT_MILLIS = 20_000;

/** One vitest for many runs: to start it takes longer than most runs. */
class Runs {
  vitest;
  /** Of the test files of this run. */
  states = [];

  /** Runs the next tests only where those before have passed. */
  async pass(stages) {
    for (const tests of stages) {
      const states = await this.statesOf(tests);
      if (states.length === 0 || states.some((state) => state !== 'passed')) return false;
    }
    return true;
  }

  async statesOf(tests) {
    this.vitest ??= await createVitest('test', {
      root: copy,
      watch: false,
      maxWorkers: 1,
      // A process that runs out of memory ends alone.
      pool: 'forks',
      reporters: [{ onTestModuleEnd: (module) => this.states.push(module.state()) }],
      teardownTimeout: 1000,
    });
    this.states = [];
    const files = await this.vitest.globTestSpecifications(tests);
    let timer;
    const timeout = new Promise((resolve) => {
      timer = setTimeout(resolve, TIMEOUT_MILLIS);
    });
    const result = await Promise.race([this.vitest.runTestSpecifications(files), timeout]);
    clearTimeout(timer);
    const hasEnded = result !== undefined && result.unhandledErrors.length === 0;
    if (hasEnded && this.states.length === files.length) return this.states;
    // An endless loop, or a process that ran out of memory.
    await this.stop();
    return ['failed'];
  }

  changed(path) {
    this.vitest?.invalidateFile(path);
  }

  /** Also where a test never ends: its process is given up. */
  async stop() {
    const { vitest } = this;
    this.vitest = undefined;
    await Promise.race([vitest?.close(), new Promise((resolve) => setTimeout(resolve, 5000))]);
  }
}

const filters = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };
const started = Date.now();
const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
try {
  for (const path of COPIED) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  linkPackages();
  for (const table of readdirSync(join(copy, 'test/mutants'))) await judgeAll(table);
} finally {
  rmSync(copy, { recursive: true });
}
console.log(`${counts.passed + counts.failed} mutants in ${Math.round((Date.now() - started) / 1000)} s`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);

/** A folder of the copy's own: vitest writes its cache into it. */
function linkPackages() {
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.vite'))
      symlinkSync(join(ROOT, 'node_modules', name), join(copy, 'node_modules', name));
  }
}

async function judgeAll(table) {
  const { tests, env, mutants } = JSON.parse(readFileSync(join(copy, 'test/mutants', table), 'utf8'));
  const chosen = mutants.filter(isChosen);
  if (chosen.length === 0) return;
  Object.assign(process.env, env);
  const runs = new Runs();
  if (!(await runs.pass(tests))) throw new Error(`${table}: the tests fail without a mutant`);
  for (const mutant of chosen) {
    const verdict = await judge(runs, { tests, ...mutant });
    counts[verdict === 'died' ? 'passed' : 'failed'] += 1;
    console.log(`${verdict.padEnd(5)}  ${lineOf(mutant)}`);
  }
  await runs.stop();
}

function isChosen(mutant) {
  const line = lineOf(mutant);
  return filters.length === 0 || filters.some((part) => line.includes(part));
}

function lineOf({ file, from, to }) {
  const short = (text) => text.replace(/\s+/g, ' ').trim();
  return `${file}: ${short(from)} -> ${short(to) || '(nothing)'}`;
}

async function judge(runs, { file, from, to, tests }) {
  const path = join(copy, 'src', file);
  const source = readFileSync(path, 'utf8');
  if (source.split(from).length !== 2) return 'stale';
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  runs.changed(path);
  const isAlive = await runs.pass(tests);
  writeFileSync(path, source);
  runs.changed(path);
  return isAlive ? 'ALIVE' : 'died';
}
