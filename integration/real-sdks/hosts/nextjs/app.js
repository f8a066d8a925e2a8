/** Builds, serves, asks, and stops the server. */
import { fork } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { checkTraces, loadServer } from '../shared/server-load.js';

const NEXT = createRequire(import.meta.url).resolve('next/dist/bin/next');
const here = fileURLToPath(new URL('.', import.meta.url));
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };

// Next bundles no files from outside of its folder.
cpSync(new URL('../shared', import.meta.url), new URL('shared', import.meta.url), { recursive: true });
await ended(fork(NEXT, ['build'], { cwd: here, env }));
const server = fork(NEXT, ['start', '--port', '0', '--hostname', '127.0.0.1'], {
  cwd: here,
  env,
  silent: true,
});
const url = await addressOf(server);
const tasks = await loadServer(`${url}/ask`, { requests: 40 });
const spans = await (await fetch(`${url}/spans`)).json();
server.kill('SIGTERM');
await new Promise((resolve) => server.on('close', resolve));
process.send({ tasks, checks: checkTraces(tasks, { spans }) }, () => process.exit(0));

function ended(app) {
  return new Promise((resolve, reject) => {
    app.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`next build ended with ${code}`))));
  });
}

function addressOf(app) {
  return new Promise((resolve, reject) => {
    let output = '';
    app.stdout.on('data', (data) => {
      output += data;
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (address !== null) resolve(address[0]);
    });
    app.stderr.pipe(process.stderr);
    app.on('close', () => reject(new Error(`next start ended: ${output}`)));
  });
}
