/**
 * Packs the viewer's package and installs it into an empty folder, with an empty cache of npm, as `npx` would; then checks
 * it from there: files, sizes, the terminal commands, and a viewer that receives its demo.
 *
 *   node scripts/check-package.mjs
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const NAME = 'otel-agent-cost-cli';
const ALLOWED = /^(package\.json|README\.md|LICENSE|dist\/.+\.(js|json|css|html|svg))$/;
const REQUIRED = ['README.md', 'LICENSE', 'dist/main.js', 'dist/page/index.html', 'dist/demo/agents.js'];
/** A quarter above what it has. DuckDB is a dependency and not in it. */
const MOST = { packedBytes: 900_000, unpackedBytes: 3_200_000 };
const DEMO_TASKS = ['pi-coding-session', 'research', 'tau2-airline-8'];

const pack = fileURLToPath(new URL('../../scripts/pack.mjs', import.meta.url));
const work = mkdtempSync(join(tmpdir(), `${NAME}-`));
const app = join(work, 'app');
const installed = join(app, 'node_modules', NAME);
const program = join(installed, 'dist/main.js');

try {
  const tarball = execFileSync(process.execPath, [pack, work, 'cli'], { encoding: 'utf8' }).trim();
  const seconds = install(tarball);
  checkFiles(tarball);
  checkCommands();
  const { upMillis, paintMillis } = await checkViewer();
  const kilobytes = (/** @type {number} */ bytes) => `${Math.round(bytes / 1000)} kB`;
  console.log(`packed ${kilobytes(statSync(tarball).size)}, unpacked ${kilobytes(sizeOf(installed))}`);
  console.log(
    `with DuckDB ${kilobytes(sizeOf(join(app, 'node_modules')))}, installed in ${seconds.toFixed(1)} s`,
  );
  console.log(`page after ${upMillis} ms, its files after ${paintMillis} ms, the demo's tasks after that`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Returns the seconds it took, all downloads included. @param {string} tarball */
function install(tarball) {
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "private": true }');
  const started = performance.now();
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', tarball], {
    cwd: app,
    env: { ...process.env, npm_config_cache: join(work, 'cache') },
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  return (performance.now() - started) / 1000;
}

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => statSync(join(folder, file)).isFile());
}

/** @param {string} folder */
function sizeOf(folder) {
  return filesIn(folder).reduce((bytes, file) => bytes + statSync(join(folder, file)).size, 0);
}

/** @param {string} tarball */
function checkFiles(tarball) {
  const files = filesIn(installed).filter((file) => !file.startsWith('node_modules/'));
  assert.deepEqual(
    files.filter((file) => !ALLOWED.test(file)),
    [],
    'files that do not belong into the package',
  );
  assert.deepEqual(
    REQUIRED.filter((file) => !files.includes(file)),
    [],
    'files that are missing',
  );
  assert.ok(statSync(tarball).size <= MOST.packedBytes, `${statSync(tarball).size} bytes packed`);
  assert.ok(sizeOf(installed) <= MOST.unpackedBytes, `${sizeOf(installed)} bytes unpacked`);
}

/** @param {string[]} args */
function run(...args) {
  return execFileSync(join(app, 'node_modules/.bin', NAME), args, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
}

function checkCommands() {
  assert.match(run('--version'), /^\d+\.\d+\.\d+\n$/);
  for (const command of ['view', 'tail', 'check', 'price', 'reconcile', 'focus']) {
    assert.match(run('--help'), new RegExp(`^ {2}${command} `, 'm'));
    assert.match(run(command, '--help'), new RegExp(`^Usage: ${NAME} ${command} `, 'm'));
  }
  // 1,000 tokens at $2.50 a million and 100 at $10.
  assert.match(
    run('price', '--model', 'gpt-4o', '--provider', 'openai', '--input', '1000', '--output', '100'),
    /0\.0035/,
  );
}

/** Starts the viewer with its demo, and waits until the page's questions have the three tasks. */
async function checkViewer() {
  const started = performance.now();
  const viewer = spawn(process.execPath, [program, 'view', '--port', '0', '--no-open', '--demo'], {
    cwd: app,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [chunk] = await once(viewer.stdout.setEncoding('utf8'), 'data');
    const [, url] = /page {4}(http:\S+)\//.exec(chunk) ?? [];
    assert.ok(url, chunk);
    const html = await (await fetch(url)).text();
    const upMillis = Math.round(performance.now() - started);
    for (const [, asset] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
      assert.equal((await fetch(`${url}${asset}`)).status, 200, asset);
    }
    const paintMillis = Math.round(performance.now() - started);
    await demoTasks(url);
    return { upMillis, paintMillis };
  } finally {
    viewer.kill('SIGTERM');
    const [code] = viewer.exitCode === null ? await once(viewer, 'close') : [viewer.exitCode];
    assert.equal(code, 0, 'the viewer ends with code 0');
  }
}

/** @param {string} url */
async function demoTasks(url) {
  /** @type {{ name: string, state: string }[]} */
  let rows = [];
  for (let tries = 0; tries < 240; tries++) {
    ({ rows = [] } = await (await fetch(`${url}/api/tasks?window=all`)).json());
    const ended = rows.filter(({ state }) => state === 'ended').map(({ name }) => name);
    if (ended.length === DEMO_TASKS.length) {
      assert.deepEqual(ended.sort(), DEMO_TASKS);
      return;
    }
    await wait(250);
  }
  assert.fail(`the demo's tasks did not arrive: ${JSON.stringify(rows)}`);
}
