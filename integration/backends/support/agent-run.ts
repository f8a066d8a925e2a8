/**
 * The agents that tests send to real backends: an app in a process of its own, under `otel-agent-cost/register`. It says what
 * its ledger booked, so that a backend is held to the ledger and to nothing that somebody typed.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Totals } from '../../../src/index.js';
import { type App, createApp, type Finished, SDK_PACKAGES } from '../../../test/support/app.js';
import type { Round } from './agent-figures.js';

const APP_FOLDER = fileURLToPath(new URL('../app/', import.meta.url));
const PACKAGES = [
  ...SDK_PACKAGES,
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/exporter-metrics-otlp-http',
  'lru-cache',
];

/** So often metrics are sent, in ms: tests wait for them. */
const METRIC_INTERVAL_MILLIS = 500;

/** So long spans wait for others, in ms. */
const SPAN_DELAY_MILLIS = 200;

export interface AgentsOptions {
  /** Where it sends to, over OTLP/HTTP. */
  endpoint: string;
  /** `service.name`. Default: one of its own, so that runs can be told apart. */
  service?: string;
  /** Further variables, like `OTEL_TRACES_SAMPLER`. */
  env?: Record<string, string>;
  /** What sets up OpenTelemetry before the app. Default: `otel-agent-cost/register`. */
  preload?: string;
}

export interface RoundOptions {
  /** Makes the token counts of ordinary calls other ones. Default 1. */
  seed?: number;
  /** Multiplies what models, wrapped tools and the rest cost; whole numbers keep whole dollars whole. Default 1. */
  scale?: number;
}

export interface OpenTaskOptions {
  name: string;
  sessionId: string;
  /** Watched, not enforced. */
  budgetUsd: number;
}

/** A task and what it has cost so far. */
export interface OpenTaskFigures {
  id: string;
  totals: Totals;
}

/** The app while it runs. It does what it is told to, one order after the other, and nothing else. */
export interface Agents {
  service: string;
  /** Everything that agents do; each round in sessions of its own. */
  round(options?: RoundOptions): Promise<Round>;
  /** A task that goes on until it is told to finish. */
  openTask(options: OpenTaskOptions): Promise<OpenTaskFigures>;
  /** One tool call in that task. */
  spend(taskId: string, costUsd: number): Promise<OpenTaskFigures>;
  finish(taskId: string): Promise<OpenTaskFigures>;
  /** Lets it end by itself: it delivers what it has. */
  end(): Promise<Finished>;
  /** Ends it at once: what it has not sent is lost. */
  kill(): Promise<Finished>;
}

export function startAgents(options: AgentsOptions): Agents {
  const { service, ...started } = launch(options);
  const { child, finished } = agentsApp().start('main.js', started);
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('the app has no pipes');
  // A dead app takes no orders; `ask` says so.
  stdin.on('error', () => {});
  const answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const ask = async (order: string, details: object) => {
    stdin.write(`${JSON.stringify({ order, ...details })}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`the app ended before it answered ${order}:\n${(await finished).stderr}`);
    return JSON.parse(value);
  };
  return {
    service,
    round: ({ seed = 1, scale = 1 } = {}) => ask('round', { seed, scale, prefix: randomUUID().slice(0, 8) }),
    openTask: (task) => ask('openTask', task),
    spend: (taskId, costUsd) => ask('spend', { taskId, costUsd }),
    finish: (taskId) => ask('finish', { taskId }),
    end() {
      stdin.end();
      return finished;
    },
    kill() {
      child.kill('SIGKILL');
      return finished;
    },
  };
}

/** One round by a process that then ends, so that everything is on its way. */
export async function runAgents({ seed, scale, ...options }: AgentsOptions & RoundOptions) {
  const agents = startAgents(options);
  const round = await agents.round({
    ...(seed !== undefined && { seed }),
    ...(scale !== undefined && { scale }),
  });
  return { ...round, service: agents.service, finished: await agents.end() };
}

/** A job that does one task and ends after 200 ms. */
export async function runJob(options: AgentsOptions) {
  const { service, ...started } = launch(options);
  const finished = await agentsApp().run('job.js', started);
  const round: Round = JSON.parse(finished.stdout);
  return { ...round, service, finished };
}

let app: App | undefined;

/** The app beside the package, built once a test file. */
export function agentsApp(): App {
  if (app !== undefined) return app;
  const names = readdirSync(APP_FOLDER);
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(APP_FOLDER + name, 'utf8')]));
  const created = createApp({
    packages: PACKAGES,
    files: { ...files, 'package.json': '{ "type": "module" }' },
  });
  process.once('exit', () => created.remove());
  app = created;
  return created;
}

/** How an app is started that sends there. */
export function launch({
  endpoint,
  service = `agents-${randomUUID().slice(0, 8)}`,
  env,
  preload,
}: AgentsOptions) {
  return {
    service,
    nodeArguments: ['--import', preload ?? 'otel-agent-cost/register'],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_SERVICE_NAME: service,
      OTEL_METRIC_EXPORT_INTERVAL: String(METRIC_INTERVAL_MILLIS),
      OTEL_BSP_SCHEDULE_DELAY: String(SPAN_DELAY_MILLIS),
      OTEL_AGENT_COST_CONFIG: './agent-cost.json',
      OTEL_AGENT_COST_HINTS: '1',
      ...env,
    },
  };
}
