/**
 * Starts backends for AI traces from PyPI, sends them the traces of app.js through `otel-agent-cost/register`, asks their APIs
 * what they show, and writes the figures with the date and the versions: measured.json, and the table of docs/backends.md.
 *
 *   npm run test:long -- phoenix mlflow
 *
 * Each runs on a loopback port, in a folder that is deleted afterwards. Together they take 1.5 GB in the cache folder.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { install } from './install.js';
import { readMeasured, writeMeasured } from './page.js';
import { mlflow } from './programs/mlflow.js';
import { phoenix } from './programs/phoenix.js';
import { withServer } from './server.js';

const PROGRAMS = { mlflow, phoenix };
const APP = fileURLToPath(new URL('app.js', import.meta.url));
const OPTIONS = JSON.parse(await readFile(new URL('agent-cost.json', import.meta.url), 'utf8'));
const ARRIVAL_MILLIS = 60_000;

const [name] = process.argv.slice(2);
const program = PROGRAMS[name];
if (program === undefined) throw new Error(`no program is named ${name}; there are ${Object.keys(PROGRAMS)}`);
// The traces are those of the sources as they are.
execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url))]);
const { bin, version } = install(name, program.packageName);
const server = { name, command: program.command(bin), healthPath: program.healthPath };
const runs = await withServer(server, async (url) => ({
  gen_ai: await measure(url, 'gen_ai'),
  [program.dialect]: await measure(url, program.dialect),
}));
const { [program.dialect]: withDialect } = runs;
const ledger = withDialect.ledger.map(({ costUsd }) => costUsd);
program.check(withDialect.shown, ledger);
await writeMeasured({
  ...(await readMeasured()),
  [name]: {
    version,
    date: new Date().toISOString().slice(0, 10),
    traces: withDialect.ledger.map(({ name: what, costUsd }, at) => ({
      name: what,
      ledgerUsd: costUsd,
      shownUsd: mapValues(runs, ({ shown }) => shown.traces[at]),
    })),
    totals: mapValues(runs, ({ shown }) => shown.totals),
    kinds: mapValues(runs, ({ shown }) => shown.kinds),
  },
});
console.log(`${program.title} ${version}: ${ledger.length} traces, measured and written`);

/** Sends the traces into a project of their own, and reads what is shown of them. */
async function measure(url, dialect) {
  const project = `agent-cost-${dialect}`;
  const ledger = await runApp(await program.settings(url, project), dialect);
  const traceIds = ledger.map(({ traceId }) => traceId);
  const until = Date.now() + ARRIVAL_MILLIS;
  while (Date.now() < until) {
    const shown = await program.read(url, project, traceIds);
    if (shown !== undefined) return { ledger, shown };
    await sleep(500);
  }
  throw new Error(`${program.title} did not show all traces within ${ARRIVAL_MILLIS / 1000} s`);
}

/** Returns what its ledger booked, trace by trace. Throws when it reports lost spans. */
async function runApp(settings, dialect) {
  const folder = await mkdtemp(join(tmpdir(), 'otel-agent-cost-app-'));
  try {
    const config = join(folder, 'agent-cost.json');
    await writeFile(config, JSON.stringify({ ...OPTIONS, dialects: dialect }));
    const { PATH, HOME } = process.env;
    const env = {
      ...{ PATH, HOME, ...settings, OTEL_AGENT_COST_CONFIG: config, OTEL_METRICS_EXPORTER: 'none' },
      // A new server may load a part of itself at the first request.
      OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
    };
    const args = ['--import', 'otel-agent-cost/register', APP];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
    if (stderr.includes('lost')) throw new Error(stderr);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
