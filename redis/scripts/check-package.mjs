/**
 * Packs this package and the library, and installs both into an empty folder; then checks the files, the types, and that a
 * store answers.
 *
 *   node scripts/check-package.mjs
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAME = 'otel-agent-cost-redis';
const FILES = [
  'LICENSE',
  'README.md',
  'dist/client.d.ts',
  'dist/index.d.ts',
  'dist/index.js',
  'package.json',
];

const folder = fileURLToPath(new URL('../', import.meta.url));
const pack = fileURLToPath(new URL('../../scripts/pack.mjs', import.meta.url));
const work = mkdtempSync(join(tmpdir(), `${NAME}-`));
const app = join(work, 'app');
const installed = join(app, 'node_modules', NAME);

/** An app that has a function for a client: it answers like a Redis without a generation. */
const PROGRAM = `
import { redisStore } from '${NAME}';
import type { SharedStore } from 'otel-agent-cost/shared';

const store: SharedStore = redisStore(async () => [1800000000000, null]);
const { generation, nowMillis } = await store.write([]);
console.log(generation, nowMillis);
`;

try {
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "module" }');
  install(packed('redis'));
  const { dependencies, scripts, devDependencies, overrides } = JSON.parse(
    readFileSync(join(installed, 'package.json'), 'utf8'),
  );
  assert.deepEqual([dependencies, scripts, devDependencies, overrides], Array(4).fill(undefined));
  assert.deepEqual(
    readdirSync(installed, { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => file !== 'dist')
      .sort(),
    FILES,
  );
  assert.deepEqual(
    readdirSync(join(app, 'node_modules')).filter((name) => !name.startsWith('.')),
    [NAME],
  );
  install(packed());
  writeFileSync(join(app, 'main.ts'), PROGRAM);
  const options = [
    '--strict',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--types',
    'node',
    '--typeRoots',
  ];
  const compiler = join(folder, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, ...options, join(folder, 'node_modules/@types'), 'main.ts'], {
    cwd: app,
    stdio: 'inherit',
  });
  const output = execFileSync(process.execPath, ['main.js'], { cwd: app, encoding: 'utf8' });
  assert.equal(output, 'undefined 1800000000000\n');
  console.log(`${NAME} installs, alone and with the library, and its types fit`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** @param {string[]} which the package in that folder, or else the library */
function packed(...which) {
  return execFileSync(process.execPath, [pack, work, ...which], { encoding: 'utf8' }).trim();
}

/** @param {string} tarball */
function install(tarball) {
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', tarball], {
    cwd: app,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}
