/**
 * Runs examples/services as a user would: packs the library and its Redis store, installs both with a client of Redis into an
 * empty app, and starts the example from there.
 *
 *   npm run example:services
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../', import.meta.url));
const app = mkdtempSync(join(tmpdir(), 'otel-agent-cost-services-'));
const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];

/** @param {string} program @param {string[]} args @param {string} cwd */
function run(program, args, cwd = repository) {
  return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

try {
  if (!existsSync(join(repository, 'redis/node_modules'))) run('npm', ['ci', '--prefix', 'redis', ...quiet]);
  run('npm', ['run', 'build', '--silent']);
  run('npm', ['run', 'build', '--silent', '--prefix', 'redis']);
  const packages = ['', 'redis'].map((inside) => run(process.execPath, ['scripts/pack.mjs', app, inside]));
  writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "module" }');
  run('npm', ['install', ...quiet, ...packages, 'redis@6', '@opentelemetry/api@1.9'], app);
  const example = 'node_modules/otel-agent-cost/examples/services/main.js';
  process.exitCode = spawnSync(process.execPath, [example], { cwd: app, stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(app, { recursive: true, force: true });
}
