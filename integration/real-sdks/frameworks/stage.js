/**
 * Installs a folder outside of the repository, where no package of the folders above is found, together with the packed
 * library. What is installed already is kept as long as lock and package are the same.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const REAL_SDKS = dirname(resolve(HERE));
const REPOSITORY = resolve(HERE, '../../..');
const NPM = ['--no-audit', '--no-fund', '--loglevel=error'];

/** `REAL_SDKS_WORK`, else one work folder for each clone, so that two do not overwrite each other's. It is kept. */
export const WORK =
  process.env.REAL_SDKS_WORK ?? join(tmpdir(), `real-sdks-${hashOf(REPOSITORY).slice(0, 8)}`);

/** @returns the packed library: the file that was given, or one made of `dist` */
export function packed(given) {
  if (given !== undefined) return resolve(given);
  mkdirSync(WORK, { recursive: true });
  const options = { cwd: REPOSITORY, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  const run = (command, args) => execFileSync(command, args, options);
  run('npm', ['run', 'build', '--silent']);
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', WORK];
  return join(WORK, basename(run('npm', args).trim()));
}

/**
 * @param node the `node` that will run it: npm leaves out packages that do not fit the one it runs on
 * @returns the folder as installed, which holds what the one in the repository does
 */
export function stage(name, tarball, node) {
  const root = join(WORK, 'frameworks');
  const folder = join(root, name);
  const copy = (from, to) =>
    cpSync(from, to, { recursive: true, filter: (path) => !/node_modules$/.test(path) });
  copy(join(REAL_SDKS, 'app'), join(WORK, 'app'));
  copy(join(HERE, 'app'), join(root, 'app'));
  writeFileSync(join(WORK, 'package.json'), '{ "private": true, "type": "module" }\n');
  copy(join(HERE, name), folder);
  const stamp = join(folder, 'node_modules', '.staged');
  const lock = hashOf(readFileSync(join(HERE, name, 'package-lock.json')), node);
  const library = hashOf(readFileSync(tarball));
  const [stagedLock, stagedLibrary] = existsSync(stamp) ? readFileSync(stamp, 'utf8').split(' ') : [];
  const npm = (args) =>
    execFileSync('npm', [...args, ...NPM], {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}`, PUPPETEER_SKIP_DOWNLOAD: '1' },
    });
  if (stagedLock !== lock) npm(['ci']);
  if (stagedLock !== lock || stagedLibrary !== library) {
    rmSync(join(folder, 'node_modules', 'otel-agent-cost'), { recursive: true, force: true });
    npm(['install', '--no-save', '--no-package-lock', tarball]);
    writeFileSync(stamp, `${lock} ${library}`);
  }
  return folder;
}

export function versionOf(folder, packageName) {
  return JSON.parse(readFileSync(join(folder, 'node_modules', packageName, 'package.json'), 'utf8')).version;
}

function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
