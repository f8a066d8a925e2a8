/**
 * Runs our package inside the hosts that people run it in: web frameworks, other observability SDKs, bundlers, MCP.
 *
 *   node integration/real-sdks/hosts/run.js [package.tgz]
 *     --common            what .ci/run runs
 *     --host <name>       only this host
 *
 * Ends with `N passed, N failed, N skipped`.
 */
import { fork } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packed } from '../frameworks/stage.js';
import { startProvider } from '../provider/server.js';
import { install } from './install.js';
import { nodeFor } from './node-versions.js';
import { verdictOf } from './verdict.js';

const TIMEOUT_MILLIS = 240_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { host: { type: 'string' }, common: { type: 'boolean' } },
});

let passed = 0;
let failed = 0;
const tarball = packed(positionals[0]);
const provider = await startProvider();
for (const name of hostNames()) {
  if (options.host === undefined || options.host === name) await runHost(name);
}
await provider.close();
console.log(`\n${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

function hostNames() {
  const here = new URL('.', import.meta.url);
  return readdirSync(here).filter((name) => existsSync(new URL(`${name}/host.js`, here)));
}

/** A `host.js` says on which Node it runs, and which of its tasks cannot be right, by name, with the verdict that is. */
async function runHost(name) {
  const { NODE = 24, RUNS = [{}], EXPECTED = {}, COMMON = false } = await import(`./${name}/host.js`);
  if (options.common && !COMMON) return;
  const started = Date.now();
  const node = nodeFor(NODE);
  const folder = install(name, tarball, node);
  console.log(`--- ${name}: installed in ${seconds(started)} s`);
  for (const [index, run] of RUNS.entries()) {
    const title = run.title === undefined ? name : `${name}, ${run.title}`;
    const key = `${name}-${index}`;
    try {
      judge(title, key, await runApp(folder, node, key, run), { ...EXPECTED, ...run.expected });
    } catch (error) {
      fail(title, error.message);
    }
  }
  console.log(`--- ${name}: done in ${seconds(started)} s`);
}

/**
 * @param tasks by name: `{ path, scenarios, totals, error }`: the totals of a task, and the scenarios that it asked the provider for
 *   at `${PROVIDER_URL}-${path}/…`
 * @param checks by name: true, or what is wrong
 */
function judge(title, key, { tasks = {}, checks = {} }, expected) {
  for (const [task, { path, scenarios, totals, error }] of Object.entries(tasks)) {
    const served = scenarios.flatMap((scenario) => provider.served(`${key}-${path}`, scenario));
    const verdict = error === undefined ? verdictOf(served, totals) : `wrong: ${error}`;
    const right = expected[task] ?? 'right';
    if (verdict === right) passed += 1;
    else fail(`${title}, ${task}`, `${verdict}, expected ${right}`);
  }
  for (const [check, found] of Object.entries(checks)) {
    if (found === true) passed += 1;
    else fail(`${title}, ${check}`, JSON.stringify(found));
  }
}

function fail(title, message) {
  failed += 1;
  console.log(`FAILED ${title}: ${message}`);
}

function runApp(folder, node, key, { env, nodeArguments = [], file = 'app.js' }) {
  return new Promise((resolve, reject) => {
    const app = fork(join(folder, file), [], {
      cwd: folder,
      silent: true,
      timeout: TIMEOUT_MILLIS,
      execPath: node,
      execArgv: nodeArguments,
      // A test run says so in NODE_ENV, and then some clients make no spans.
      env: { ...process.env, NODE_ENV: 'production', PROVIDER_URL: `${provider.url}/${key}`, ...env },
    });
    const output = [];
    for (const stream of [app.stdout, app.stderr]) stream.on('data', (data) => output.push(data));
    let results;
    app.on('message', (message) => {
      results = message;
    });
    app.on('error', reject);
    app.on('close', (code, signal) => {
      if (process.env.SHOW_OUTPUT) process.stdout.write(Buffer.concat(output));
      if (results !== undefined && code === 0) resolve(results);
      else reject(new Error(`the app ended (${code ?? signal}): ${Buffer.concat(output)}`));
    });
  });
}

function seconds(started) {
  return Math.round((Date.now() - started) / 1000);
}
