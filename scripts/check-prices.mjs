/**
 * Says whether the registry has a newer price list than the one in package-lock.json, which prices that changes, and which of
 * our corrections (src/pricing/corrections.ts) would no longer be needed or right:
 *
 *   npm run check:prices                      installs the newest list into a folder of its own, and compares
 *   npm run check:prices -- --list <folder>   compares with the list in this folder
 *
 * Prints Markdown, also into the summary of a GitHub workflow. Ends with 1 if the list has moved. Changes no file here.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv, env, execPath, exit } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';

const PACKAGE = '@pydantic/genai-prices';
const MAX_ROWS = 100;
const repository = fileURLToPath(new URL('../', import.meta.url));
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** @param {import('@pydantic/genai-prices').Provider[]} providers @returns {Map<string, unknown>} prices by `provider/model` */
function pricesOf(providers) {
  return new Map(
    providers.flatMap(({ id, models }) => models.map((model) => [`${id}/${model.id}`, model.prices])),
  );
}

/**
 * The models whose entries differ, as `provider/model`.
 *
 * @param {import('@pydantic/genai-prices').Provider[]} before
 * @param {import('@pydantic/genai-prices').Provider[]} after
 */
export function comparePrices(before, after) {
  const [old, now] = [pricesOf(before), pricesOf(after)];
  return {
    added: [...now.keys()].filter((model) => !old.has(model)).sort(),
    removed: [...old.keys()].filter((model) => !now.has(model)).sort(),
    changed: [...now.keys()]
      .filter((model) => old.has(model) && !isDeepStrictEqual(old.get(model), now.get(model)))
      .sort(),
  };
}

/** @param {{ locked: string, newest: string, added: string[], removed: string[], changed: string[], corrections: string[] }} found */
export function summaryOf({ locked, newest, added, removed, changed, corrections }) {
  if (locked === newest) return `The price list has not moved: ${PACKAGE} ${locked} is the newest.\n`;
  return [
    `The price list has moved: ${PACKAGE} ${locked} is locked, ${newest} is the newest.`,
    `To take it: \`npm install ${PACKAGE}@${newest}\`, then \`npm test\`.`,
    section('Corrections that need a look', corrections),
    section('Models with other prices', changed),
    section('New models', added),
    section('Models that are gone', removed),
    '',
  ].join('\n\n');
}

function section(heading, rows) {
  const more = rows.length > MAX_ROWS ? [`- and ${rows.length - MAX_ROWS} more`] : [];
  const list = [...rows.slice(0, MAX_ROWS).map((row) => `- ${row}`), ...more];
  return `## ${heading}: ${rows.length}${list.length > 0 ? `\n\n${list.join('\n')}` : ''}`;
}

/** The providers of the list in a folder. Some prices are objects of a class of that copy; as JSON they compare. */
async function providersIn(folder) {
  const { module } = readJson(join(folder, 'package.json'));
  const { waitForUpdate } = await import(pathToFileURL(join(folder, module)).href);
  return JSON.parse(JSON.stringify(await waitForUpdate()));
}

function newestList(work) {
  const args = [
    'install',
    '--prefix',
    work,
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `${PACKAGE}@latest`,
  ];
  execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(work, 'node_modules', PACKAGE);
}

/** Runs the test of the corrections in a copy of the sources that has this list. Its messages say what to do with a row. */
function correctionsUnder(list, work) {
  const copy = join(work, 'copy');
  for (const name of ['src', 'test', 'package.json', 'vitest.config.ts', 'tsconfig.json']) {
    cpSync(join(repository, name), join(copy, name), { recursive: true });
  }
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, '@pydantic'), { recursive: true });
  for (const name of readdirSync(join(repository, 'node_modules'))) {
    if (name !== '@pydantic') symlinkSync(join(repository, 'node_modules', name), join(modules, name));
  }
  cpSync(list, join(modules, PACKAGE), { recursive: true });
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
  const report = join(work, 'report.json');
  const args = ['run', 'test/pricing/corrections.test.ts', '--reporter=json', `--outputFile=${report}`];
  const { stderr } = spawnSync(execPath, [vitest, ...args], { cwd: copy, encoding: 'utf8' });
  const { numTotalTests, testResults } = readReport(report, stderr);
  if (numTotalTests === 0)
    throw new Error(`the test of the corrections did not run: ${testResults[0]?.message}`);
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages: [message = ''] }) => `${fullName}: ${message.split('\n')[0]}`);
}

function readReport(file, stderr) {
  try {
    return readJson(file);
  } catch {
    throw new Error(`the test of the corrections did not run: ${stderr}`);
  }
}

async function check(list, work) {
  const locked = readJson(join(repository, 'package-lock.json')).packages[`node_modules/${PACKAGE}`].version;
  const folder = list === undefined ? newestList(work) : resolve(list);
  const newest = readJson(join(folder, 'package.json')).version;
  const moved = locked !== newest;
  const installed = join(repository, 'node_modules', PACKAGE);
  const found = {
    locked,
    newest,
    ...comparePrices(await providersIn(installed), await providersIn(folder)),
    corrections: moved ? correctionsUnder(folder, work) : [],
  };
  const summary = summaryOf(found);
  console.log(summary);
  if (env.GITHUB_STEP_SUMMARY !== undefined) appendFileSync(env.GITHUB_STEP_SUMMARY, summary);
  return moved ? 1 : 0;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { list: { type: 'string' } } });
  const work = mkdtempSync(join(tmpdir(), 'otel-agent-cost-prices-'));
  let status = 1;
  try {
    status = await check(values.list, work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  exit(status);
}
