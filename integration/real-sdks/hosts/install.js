/** Installs a host outside of the repository, together with the packed library. Kept as long as its lock is the same. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WORK } from '../frameworks/stage.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const NPM = ['--no-audit', '--no-fund', '--loglevel=error'];

/** @param node the `node` that will run it: npm leaves out packages that do not fit the one it runs on */
export function install(name, tarball, node) {
  const folder = join(WORK, 'hosts', name);
  const copy = (from, to) =>
    cpSync(from, to, { recursive: true, filter: (path) => !/node_modules$/.test(path) });
  copy(join(HERE, name), folder);
  copy(join(HERE, 'shared'), join(WORK, 'hosts', 'shared'));
  writeFileSync(join(WORK, 'package.json'), '{ "private": true, "type": "module" }\n');
  const npm = (args) =>
    execFileSync('npm', [...args, ...NPM], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` },
    });
  const lock = readFileSync(join(HERE, name, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules', '.installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) npm(['ci']);
  rmSync(join(folder, 'node_modules', 'otel-agent-cost'), { recursive: true, force: true });
  npm(['install', '--no-save', '--no-package-lock', tarball]);
  writeFileSync(stamp, lock);
  return folder;
}
