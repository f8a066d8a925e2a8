/**
 * Installs a program from PyPI into a virtual environment in the cache folder, once for each list of versions. Needs Python
 * 3.10 or later as `python3`, or as `PYTHON`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { XDG_CACHE_HOME = join(homedir(), '.cache'), PYTHON = 'python3' } = process.env;
const CACHE = join(
  process.env.OTEL_AGENT_COST_CACHE ?? join(XDG_CACHE_HOME, 'otel-agent-cost'),
  'ai-backends',
);

/** Returns the folder with the program's commands, and the version of its package. */
export function install(name, packageName) {
  const list = fileURLToPath(new URL(`programs/${name}.txt`, import.meta.url));
  const versions = readFileSync(list, 'utf8');
  const sum = createHash('sha256').update(versions).digest('hex').slice(0, 16);
  const folder = join(CACHE, `${name}-${sum}`);
  const done = join(folder, 'installed');
  if (!existsSync(done)) {
    console.log(`${name}: installing into ${folder} (some minutes, under 1 GB)`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(CACHE, { recursive: true });
    run(PYTHON, ['-m', 'venv', folder]);
    // The list is complete, so that nothing has to be resolved.
    run(join(folder, 'bin', 'pip'), ['install', '--quiet', '--no-deps', '--requirement', list]);
    writeFileSync(done, '');
  }
  const version = new RegExp(`^${packageName}==(.+)$`, 'm').exec(versions)?.[1];
  if (version === undefined) throw new Error(`${list} has no version of ${packageName}`);
  return { bin: join(folder, 'bin'), version };
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with code ${status}`);
}
