/** `npm run demo -- --view`: the three runs on a page that fills while they run, instead of in the terminal. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** In the repository: installs and builds the viewer when needed. The published package does not have it. */
const START = fileURLToPath(new URL('../../scripts/view.mjs', import.meta.url));
const MANIFEST = new URL('../../package.json', import.meta.url);

/** Runs until the viewer is ended with Ctrl+C. @returns {Promise<number>} its exit code */
export function showInViewer() {
  const [command, ...args] = existsSync(START)
    ? [process.execPath, START]
    : ['npx', '--yes', packageToRun(), 'view'];
  const viewer = spawn(command, [...args, '--demo'], {
    stdio: 'inherit',
    // On Windows npx is a script.
    shell: command === 'npx' && process.platform === 'win32',
  });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => viewer.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    viewer.once('error', reject);
    viewer.once('close', (code) => resolve(code ?? 0));
  });
}

function packageToRun() {
  return `otel-agent-cost-cli@${JSON.parse(readFileSync(MANIFEST, 'utf8')).version}`;
}
