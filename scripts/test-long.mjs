/**
 * Longer runs, by name:
 *
 *   npm run test:long -- settlement [<cases a law>]
 *   npm run test:long -- fuzz [<inputs>]
 *   npm run test:long -- truth [<cases a property>]
 *   npm run test:long -- processes [all]
 *   npm run test:long -- disk [<seconds without a backend>]
 *   npm run test:long -- soak [<seconds of load>]
 *   npm run test:long -- chaos [<tries a row>]
 *   npm run test:long -- fleet [<seconds under load of each budget>]
 *   npm run test:long -- real-sdks [<runs of each row>]
 *   npm run test:long -- viewer-load [<seconds of load>]
 *   npm run test:long -- viewer-store [<spans>]
 *   npm run test:long -- redis [<cases>]
 *   npm run test:long -- phoenix mlflow
 *
 * Several names run one after the other. A number at the end is the length of each.
 * Those with random cases print the seed. To repeat a run, set `LAW_SEED` to it.
 */
import { spawnSync } from 'node:child_process';

/** For each name: what is run, how its length is set, and how long it is by default. */
const RUNS = {
  settlement: {
    command: ['scripts/test.mjs', 'test/settlement/law.test.ts'],
    variable: 'SETTLEMENT_CASES',
    length: 1_000_000,
    unit: 'cases a law',
  },
  budgets: {
    command: ['scripts/test.mjs', 'test/ledger/budget-model.test.ts'],
    variable: 'BUDGET_CASES',
    length: 50_000,
    unit: 'cases',
  },
  fuzz: {
    command: ['scripts/test.mjs', 'test/fuzz'],
    variable: 'FUZZ_INPUTS',
    length: 1_000_000,
    unit: 'inputs',
  },
  laws: {
    command: ['scripts/test.mjs', 'test/laws', 'test/usage/prompt-size-text'],
    variable: 'LAW_CASES',
    length: 20_000,
    unit: 'cases a law',
  },
  truth: {
    command: ['scripts/test.mjs', 'test/truth'],
    variable: 'LAW_CASES',
    length: 1000,
    unit: 'cases a property',
  },
  processes: {
    command: ['scripts/test.mjs', 'test/register', 'test/demo', 'test/readme'],
    variable: 'PROCESS_ROWS',
    length: 'all',
    unit: 'rows that start a process',
  },
  disk: {
    command: ['scripts/test.mjs', '--root', 'integration/backends', 'test/collector/disk'],
    variable: 'DISK_AWAY_SECONDS',
    length: 600,
    unit: 'seconds without a backend',
  },
  soak: {
    command: ['integration/chaos/soak.mjs', 'dist'],
    variable: 'SOAK_SECONDS',
    length: 300,
    unit: 'seconds of load',
  },
  chaos: {
    command: ['integration/chaos/long.mjs'],
    variable: 'CHAOS_TRIES',
    length: 10,
    unit: 'tries a row',
  },
  fleet: {
    program: 'bash',
    command: ['integration/fleet/run.sh'],
    variable: 'FLEET_SECONDS',
    length: 60,
    unit: 'seconds under load of each budget',
  },
  'real-sdks': {
    command: ['integration/real-sdks/long.mjs'],
    variable: 'REAL_SDKS_RUNS',
    length: 1,
    unit: 'runs of each row',
  },
  'viewer-load': {
    command: ['cli/bench/run.mjs', 'load', '--rate', '12000', '--page'],
    variable: 'LOAD_SECONDS',
    length: 60,
    unit: 'seconds of load',
  },
  'viewer-store': {
    command: ['cli/bench/run.mjs', 'store'],
    variable: 'STORE_SPANS',
    length: 1_000_000,
    unit: 'spans',
  },
  redis: {
    command: ['scripts/test.mjs', '--root', 'redis', 'test/model'],
    variable: 'LAW_CASES',
    length: 20_000,
    unit: 'cases',
  },
  phoenix: { command: ['integration/ai-backends/run.js', 'phoenix'] },
  mlflow: { command: ['integration/ai-backends/run.js', 'mlflow'] },
};

const names = process.argv.slice(2);
const last = names.at(-1) ?? '';
const length = names.length > 1 && RUNS[last] === undefined ? names.pop() : undefined;
const unknown = names.length === 0 ? [undefined] : names.filter((name) => RUNS[name] === undefined);
if (unknown.length > 0) {
  console.error(
    `No long run is named ${JSON.stringify(unknown[0])}. There are: ${Object.keys(RUNS).join(', ')}`,
  );
  process.exit(2);
}
const seed = process.env.LAW_SEED ?? String(Math.floor(Math.random() * 2 ** 31));
for (const name of names) process.exitCode = run(name, RUNS[name]) || process.exitCode;

/** Returns the exit code. */
function run(name, { program = process.execPath, command, variable, length: byDefault, unit }) {
  const env = { ...process.env, LAW_SEED: seed };
  if (variable === undefined) console.log(name);
  else {
    env[variable] = length ?? String(byDefault);
    console.log(`${name}: ${env[variable]} ${unit}, LAW_SEED=${seed}`);
  }
  return spawnSync(program, command, { stdio: 'inherit', env }).status ?? 1;
}
