/**
 * Runs the frameworks and compares how they came out with the support.json of each folder.
 *
 *   node integration/real-sdks/frameworks/run.js [package.tgz]
 *     --common            what .ci/run runs: some scenarios of the rows that are common
 *     --folder <name>     only this folder; --client <name>, --scenario <name> likewise
 *     --write             writes how the rows came out to the support.json of their folder, then the table
 *     --dump <folder>     writes what was served and the spans, a file for each run
 *     --record            keeps the responses as the client gave them to the app there, too, in the mode `bare`
 *
 * Ends with `N passed, N failed, N skipped`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startProvider } from '../provider/server.js';
import { readPage, withTables, writeTables } from '../table.js';

import { COMMON_SCENARIOS, DEFAULT_NODE, pairName, pairsOf, readFolders } from './matrix.js';
import { listed, runRow } from './run-row.js';
import { packed, stage, versionOf } from './stage.js';

/** Processes at a time: each is busy loading its libraries for most of its run. */
const PARALLEL = 2;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    common: { type: 'boolean' },
    write: { type: 'boolean' },
    folder: { type: 'string' },
    client: { type: 'string' },
    scenario: { type: 'string' },
    dump: { type: 'string' },
    record: { type: 'boolean' },
  },
});

let passed = 0;
let failed = 0;
const tarball = packed(positionals[0]);
const provider = await startProvider();
for (const folder of await readFolders()) {
  const isMeant = options.folder === undefined || folder.name === options.folder;
  if (isMeant && chosenPairs(folder).length > 0) await runFolder(folder);
}
await provider.close();
if (options.write) await writeTables();
else compare('the tables in docs/instrumentations.md', true, readPage() === (await withTables(readPage())));

console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

function chosenPairs(folder) {
  return pairsOf(folder).filter(
    ({ row }) =>
      (options.client === undefined || row.client === options.client) && (!options.common || row.common),
  );
}

async function runFolder(folder) {
  const started = Date.now();
  const pairs = chosenPairs(folder);
  const nodeOf = ({ row }) => nodeFor(row.node ?? DEFAULT_NODE);
  const staged = stage(folder.name, tarball, nodeOf(pairs[0]));
  const support = readSupport(folder.name);
  compare(`${folder.name}, versions`, support.versions, versionsOf(folder, staged));
  console.log(`--- ${folder.name}: installed in ${seconds(started)} s`);
  const verdicts = {};
  const waiting = [...pairs];
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (let pair = waiting.shift(); pair !== undefined; pair = waiting.shift()) {
        verdicts[pairName(pair)] = await runPair(folder, staged, pair, nodeOf(pair), support);
      }
    }),
  );
  console.log(`--- ${folder.name}: done in ${seconds(started)} s`);
  if (options.write && !options.common && options.scenario === undefined) {
    // Of other rows it keeps what is known, in the order of the matrix.
    const known = { ...support.verdicts, ...verdicts };
    const names = pairsOf(folder)
      .map(pairName)
      .filter((name) => known[name] !== undefined);
    const sorted = Object.fromEntries(names.map((name) => [name, known[name]]));
    writeSupport(folder.name, { date: today(), versions: versionsOf(folder, staged), verdicts: sorted });
  }
}

async function runPair(folder, staged, pair, node, support) {
  const name = `${folder.name}, ${pairName(pair)}`;
  const { record } = options;
  const scenarios = options.common ? COMMON_SCENARIOS : options.scenario && [options.scenario];
  let results;
  try {
    results = await runRow({ provider, folder: staged, name: folder.name, pair, node, scenarios, record });
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.message}`);
    return {};
  }
  const verdicts = {};
  for (const [mode, outcomes] of Object.entries(results)) {
    verdicts[mode] = {};
    for (const [scenario, outcome] of Object.entries(outcomes)) {
      const verdict = listed(folder.exceptions, pair, mode, scenario, outcome.verdict);
      verdicts[mode][scenario] = verdict;
      dump(`${folder.name}-${pairName(pair)}-${mode}-${scenario}`, { verdict, ...outcome });
      compare(`${name}, ${mode}, ${scenario}`, support.verdicts[pairName(pair)]?.[mode]?.[scenario], verdict);
      if (outcome.error !== undefined && scenario !== 'refused' && options.dump)
        console.log(`  threw: ${outcome.error}`);
    }
  }
  if (options.dump) console.log(summaryOf(name, verdicts));
  return verdicts;
}

function summaryOf(name, verdicts) {
  const lines = Object.entries(verdicts).map(([mode, scenarios]) => {
    const groups = {};
    for (const [scenario, verdict] of Object.entries(scenarios)) {
      groups[verdict] = [...(groups[verdict] ?? []), scenario];
    }
    return `  ${mode}: ${Object.entries(groups)
      .map(([verdict, names]) => `${verdict} (${names.join(', ')})`)
      .join('; ')}`;
  });
  return [name, ...lines].join('\n');
}

/** What is wrong is a failure, listed or not; what differs from the committed table is one unless it is written anew. */
function compare(name, expected, actual) {
  const isWrong = typeof actual === 'string' && actual.startsWith('wrong');
  const isSame = JSON.stringify(expected) === JSON.stringify(actual);
  if (isWrong || !(isSame || options.write)) {
    failed += 1;
    const before = isSame ? '' : `, and is ${JSON.stringify(expected)} in support.json`;
    console.log(`FAILED ${name}: ${JSON.stringify(actual)}${before}`);
  } else {
    passed += 1;
  }
}

function versionsOf(folder, staged) {
  const names = [...folder.rows, ...Object.values(folder.instrumentations)].flatMap(
    (entry) => entry.installed ?? entry.package ?? [],
  );
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, versionOf(staged, name)]));
}

function supportFile(name) {
  return fileURLToPath(new URL(`${name}/support.json`, import.meta.url));
}

function readSupport(name) {
  const file = supportFile(name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { versions: undefined, verdicts: {} };
}

function writeSupport(name, support) {
  writeFileSync(supportFile(name), `${JSON.stringify(support, null, 2)}\n`);
}

function dump(name, content) {
  if (options.dump === undefined) return;
  mkdirSync(options.dump, { recursive: true });
  const file = join(resolve(options.dump), `${name.replaceAll(/[^\w.-]+/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify(content, null, 1)}\n`);
}

/** The Node of a major version: from `NODE<major>`, from .ci/node-versions, else the one in use. */
function nodeFor(major) {
  const folders = [
    process.env.NODE_VERSIONS,
    fileURLToPath(new URL('../../../.ci/node-versions', import.meta.url)),
  ];
  const candidates = [
    process.env[`NODE${major}`],
    ...folders.flatMap((path) => (path ? [join(path, `node_modules/node${major}/bin/node`)] : [])),
  ];
  return candidates.find((path) => path !== undefined && existsSync(path)) ?? process.execPath;
}

function seconds(started) {
  return Math.round((Date.now() - started) / 1000);
}

function today() {
  return new Date().toISOString().slice(0, 10);
}
