/** An app in an empty folder, with the packed library installed as a user would have it, run on any runtime. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAME = 'otel-agent-cost';

/** A run takes a fifth of a second, on a busy machine some seconds; one that takes longer hangs. */
const RUN_MILLIS = 20_000;
const INSTALL_MILLIS = 300_000;

export function createApp(tarball) {
  const folder = mkdtempSync(join(tmpdir(), `${NAME}-runtimes-`));
  return {
    folder,
    /** With these packages beside the library, for good. */
    install(packages) {
      cpSync(fileURLToPath(new URL('apps', import.meta.url)), folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
      npm(folder, 'install', tarball, ...packages);
      nameVersion(folder);
    },
    /** With these packages too, until others are added. */
    add: (packages) => npm(folder, 'install', '--no-save', tarball, ...packages),
    start: (file, args, options) => start(folder, file, args, options),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Deno finds `npm:` packages by the version in package.json, where a user has no path of a tarball. */
function nameVersion(folder) {
  const manifest = readManifest(folder);
  const { version } = readManifest(join(folder, 'node_modules', NAME));
  const dependencies = { ...manifest.dependencies, [NAME]: `^${version}` };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, dependencies }));
}

export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

export function npm(folder, command, ...args) {
  execFileSync('npm', [command, '--no-audit', '--no-fund', '--loglevel=error', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
    timeout: INSTALL_MILLIS,
  });
}

/** Runs to the end, or until `ready` is printed and the signal was sent. */
async function start(folder, file, args, { signal, env = {} } = {}) {
  const child = spawn(file, args, {
    cwd: folder,
    // Nothing of the user's: no caches, no settings, no proxies.
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      DENO_DIR: join(folder, '.deno'),
      DENO_NO_UPDATE_CHECK: '1',
      DO_NOT_TRACK: '1',
      NO_COLOR: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_MILLIS,
    killSignal: 'SIGKILL',
  });
  const finished = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text) => {
    finished.stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    finished.stdout += text;
    if (signal !== undefined && finished.stdout.includes('ready')) child.kill(signal);
  });
  const [code, endSignal] = await once(child, 'close');
  if (endSignal === 'SIGKILL') finished.stderr += `\nstopped, because it ran for ${RUN_MILLIS} ms\n`;
  return { ...finished, code, signal: endSignal };
}
