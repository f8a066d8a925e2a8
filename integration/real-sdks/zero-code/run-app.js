/** Starts an app as its user would, with nothing but the preload and where to send. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { installedFolder } from './installed.js';
import { startReceiver } from './receiver.js';

const TIMEOUT_MILLIS = 30_000;

/** The folders an app is started in: what is installed there decides how its ES modules are instrumented. */
export const WAYS = { 'by hand': '.', 'with a loader': 'with-loader' };

/** @returns what `register` had to say, and the app's spans. Rejects when the app does not end well. */
export async function runApp({ app, way, scenarios, providerUrl }) {
  const receiver = await startReceiver();
  const main = way === 'by hand' ? `apps/${app}` : 'main.mjs';
  const child = spawn(process.execPath, ['--import', 'otel-agent-cost/register', main, ...scenarios], {
    cwd: join(installedFolder(), WAYS[way]),
    // Not the test's own: NODE_ENV=test keeps some clients from making spans.
    env: {
      PATH: process.env.PATH,
      APP: app,
      PROVIDER_URL: providerUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TIMEOUT_MILLIS,
  });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const ending = await new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
  await receiver.close();
  if (ending !== 0) throw new Error(`the app ended (${ending}): ${stderr}`);
  return { notices: stderr.match(/^otel-agent-cost: .*/gm) ?? [], spans: receiver.spans() };
}
