/**
 * Longer searches with random cases, by name:
 *
 *   npm run test:long -- settlement [<cases a law>]
 *
 * Prints the seed. To repeat a run, set `LAW_SEED` to it.
 */
import { spawnSync } from 'node:child_process';

/** For each name: the files of tests, how their number of cases is set, and how many there are by default. */
const SEARCHES = {
  settlement: { tests: ['test/settlement/law.test.ts'], variable: 'SETTLEMENT_CASES', cases: 1_000_000 },
  fuzz: { tests: ['test/fuzz'], variable: 'FUZZ_INPUTS', cases: 1_000_000 },
  laws: { tests: ['test/laws'], variable: 'LAW_CASES', cases: 20_000 },
};

const [name, count] = process.argv.slice(2);
const search = SEARCHES[name];
if (search === undefined) {
  console.error(`No search is named ${JSON.stringify(name)}. Searches: ${Object.keys(SEARCHES).join(', ')}`);
  process.exit(2);
}
const { tests, variable, cases } = search;
const seed = process.env.LAW_SEED ?? String(Math.floor(Math.random() * 2 ** 31));
const chosen = count ?? String(cases);
console.log(`${name}: ${chosen} cases a law, LAW_SEED=${seed}`);
const { status } = spawnSync(process.execPath, ['scripts/test.mjs', ...tests], {
  stdio: 'inherit',
  env: { ...process.env, LAW_SEED: seed, [variable]: chosen },
});
process.exit(status ?? 1);
