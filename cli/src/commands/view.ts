/** `view`: the receiver, the store and the page in one process. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { isLoopback } from '../server/guards.js';
import { startServer, type ViewerServer } from '../server/server.js';
import { banner } from '../view/banner.js';
import { canOpenBrowser, openBrowser } from '../view/browser.js';
import { Demo } from '../view/demo.js';
import { ViewedStore } from '../view/viewed-store.js';
import { CommandError, EXIT, type Given, type Terminal } from './command.js';

/** Beside the built program. */
const PAGE_FOLDER = fileURLToPath(new URL('./page', import.meta.url));
const DEMO_FOLDER = fileURLToPath(new URL('./demo', import.meta.url));
const MAX_PORT = 65_535;
const DEFAULT_KEEP_DAYS = 30;
const DEFAULT_MAX_SPANS = 2_000_000;
const TOKEN_VARIABLE = 'OTEL_AGENT_COST_VIEW_TOKEN';

export async function run(given: Given, terminal: Terminal): Promise<number> {
  const { stdout, stderr, signal, env } = terminal;
  const report = (trouble: unknown) =>
    stderr.write(`otel-agent-cost-cli: ${trouble instanceof Error ? trouble.message : trouble}\n`);
  const token = await readToken(given, env);
  const store = new ViewedStore({
    file: given.text('db'),
    keepDays: given.count('keep-days', 1) ?? DEFAULT_KEEP_DAYS,
    maxSpans: given.count('max-spans', 1) ?? DEFAULT_MAX_SPANS,
    keepContent: given.flag('keep-content'),
    config: given.text('config'),
    version: manifest.version,
  });
  await store.check();
  let url = '';
  const demo = new Demo(DEMO_FOLDER, () => url, token, report);
  const server = await started(given, token, store, demo, report);
  url = server.url;
  stdout.write(
    banner({
      version: manifest.version,
      url,
      taken: server.taken,
      file: store.file,
      needsToken: token !== undefined,
    }),
  );
  store.whenFirstSpan(() => stdout.write('The first span has arrived.\n'));
  store.openSoon(report);
  if (!given.flag('no-open') && canOpenBrowser(env)) openBrowser(`${url}/`);
  if (given.flag('demo')) void demo.run();
  await ended(signal);
  demo.stop();
  await server.close();
  await store.close();
  return EXIT.ok;
}

async function started(
  given: Given,
  token: string | undefined,
  store: ViewedStore,
  demo: Demo,
  report: (trouble: unknown) => void,
): Promise<ViewerServer> {
  const host = given.text('host');
  const port = given.count('port');
  if (port !== undefined && port > MAX_PORT)
    throw new CommandError(`--port is ${port}; the highest is ${MAX_PORT}`);
  if (host !== undefined && !isLoopback(host) && token === undefined)
    throw new CommandError(
      `other machines can reach ${host}, so a token is needed: --token-file FILE, or ${TOKEN_VARIABLE}`,
    );
  const allowedHosts = given
    .text('allowed-host')
    ?.split(',')
    .map((name) => name.trim());
  try {
    return await startServer({
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port, isPortFixed: port !== 0 }),
      ...(allowedHosts !== undefined && { allowedHosts }),
      ...(token !== undefined && { token }),
      ...store.parts(),
      demo: {
        state: () => demo.state,
        start: async () => {
          void demo.run();
        },
      },
      pageFolder: PAGE_FOLDER,
      onError: report,
    });
  } catch (error) {
    await store.close();
    throw new CommandError(error instanceof Error ? error.message : String(error), EXIT.failed);
  }
}

/** Not an option of its own: the process list shows those to everyone on the machine. */
async function readToken(
  given: Given,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const file = given.text('token-file');
  if (file === undefined) return env[TOKEN_VARIABLE] || undefined;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new CommandError(`--token-file: ${error instanceof Error ? error.message : error}`);
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
