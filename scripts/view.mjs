/**
 * `npm run view`: the viewer of `cli/`, which is installed and built when it is not, with the demo's agents in it.
 *
 *   node scripts/view.mjs [options of `otel-agent-cost-cli view`]    default: --demo
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../', import.meta.url));
const cli = join(repository, 'cli');
const program = join(cli, 'dist/main.js');

/** Runs a command of npm or Node.js, and ends with its exit code when it fails. @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: cli,
    stdio: ['ignore', 'ignore', 'inherit'],
    // On Windows npm is a script.
    shell: process.platform === 'win32',
  });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** The time of the newest file in some folders. @param {string[]} folders */
function newest(folders) {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}

if (!existsSync(join(repository, 'dist/index.js'))) {
  console.error('Install this package first: npm ci');
  process.exit(1);
}
if (!existsSync(join(cli, 'node_modules/.package-lock.json'))) {
  console.error('Installing the viewer (once) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}
const sources = ['cli/src', 'cli/page', 'cli/scripts', 'examples', 'dist'].map((folder) =>
  join(repository, folder),
);
if (!existsSync(program) || statSync(program).mtimeMs < newest(sources)) {
  console.error('Building the viewer …');
  run(process.execPath, ['scripts/build.mjs']);
}
const given = process.argv.slice(2);
const viewer = spawn(process.execPath, [program, 'view', ...(given.length > 0 ? given : ['--demo'])], {
  stdio: 'inherit',
});
// A terminal sends Ctrl+C to both; only a signal to this process alone is passed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => viewer.kill('SIGTERM'));
viewer.once('close', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 0 : 1)));
