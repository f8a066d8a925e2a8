/**
 * Runs scenarios against one build and writes what it says as JSON lines: one row for each span, totals, summary, metric.
 *
 *   node test/differences/run.mjs <module> [scenario…] [--seeds from..to]     default: all scenarios, seeds 1..2000
 *
 * Copies of the package share state through global symbols: each build has a process of its own. So has each scenario,
 * for none is to depend on what ran before it.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { DiagLogLevel, diag } from '@opentelemetry/api';

const FOLDER = new URL('./scenarios/', import.meta.url);
const DEFAULT_SEEDS = '1..2000';
const CHUNK_CHARACTERS = 65_536;

/** The names of all scenarios. */
export function scenarioNames() {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => file.replace('.mjs', ''))
    .sort();
}

/** One scenario against one build, in a process of its own. Its rows come on `stdout`. */
export function startScenario(modulePath, name, seeds = DEFAULT_SEEDS) {
  const script = fileURLToPath(import.meta.url);
  // Settings of the caller must change nothing.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('OTEL_')));
  return spawn(process.execPath, [script, modulePath, name, '--seeds', seeds], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** @param {string} text `5`, or `1..2000` */
function seedsOf(text) {
  const [, from, to = from] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  if (from === undefined) throw new Error(`--seeds must be like 1..2000, got ${text}`);
  return { from: Number(from), to: Number(to) };
}

async function runHere(modulePath, name, seeds) {
  const scenario = await import(new URL(`${name}.mjs`, FOLDER).href);
  // Warnings are words, and are not compared.
  diag.setLogger({ error() {}, warn() {}, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);
  const moduleUrl = pathToFileURL(resolve(modulePath)).href;
  const lib =
    scenario.loads === 'require'
      ? createRequire(import.meta.url)(fileURLToPath(moduleUrl))
      : await import(moduleUrl);
  let text = '';
  for await (const row of scenario.run(lib, { scenario: name, seeds: seedsOf(seeds), moduleUrl })) {
    text += `${JSON.stringify(row)}\n`;
    if (text.length < CHUNK_CHARACTERS) continue;
    await written(text);
    text = '';
  }
  await written(text);
}

function written(text) {
  return new Promise((resolve) => process.stdout.write(text, resolve));
}

function runApart(modulePath, name, seeds) {
  return new Promise((resolve, reject) => {
    const child = startScenario(modulePath, name, seeds);
    child.stdout.pipe(process.stdout, { end: false });
    child.once('close', (code) =>
      code === 0 ? resolve(undefined) : reject(new Error(`${name} ended with code ${code}`)),
    );
  });
}

async function main() {
  const { values, positionals } = parseArgs({
    options: { seeds: { type: 'string', default: DEFAULT_SEEDS } },
    allowPositionals: true,
  });
  const [modulePath, ...names] = positionals;
  if (modulePath === undefined) throw new Error('which module? node test/differences/run.mjs <module>');
  if (names.length === 1) await runHere(modulePath, names[0], values.seeds);
  else
    for (const name of names.length > 0 ? names : scenarioNames())
      await runApart(modulePath, name, values.seeds);
  // Some timers of a build go on.
  process.exit(0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
