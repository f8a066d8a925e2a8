/** Services in ten processes, each with its own exporter, with one Redis and one receiver: a Collector, if there is one. */
import { fileURLToPath } from 'node:url';
import { type Receiver, startReceiver } from '../../../test/support/otlp-receiver.js';
import { binaryOf } from '../../backends/support/programs/binaries.js';
import { type Collector, startCollector } from '../../backends/support/programs/collector.js';
import { freePorts } from '../../backends/support/programs/ports.js';
import { openStore, ready, startApp } from './app.js';
import { type Redis, startRedis } from './redis.js';

const COLLECTOR_CONFIG = fileURLToPath(new URL('./collector.yaml', import.meta.url));

/** Orchestrators. `dark` samples no trace, and `bare` has no OpenTelemetry SDK. */
const FRONTS = ['front', 'other-front', 'dark', 'bare'] as const;
export type Front = (typeof FRONTS)[number];

const PROGRAMS = {
  front: ['orchestrator.mjs'],
  'other-front': ['orchestrator.mjs'],
  dark: ['orchestrator.mjs'],
  bare: ['orchestrator.mjs'],
  research: ['agents.mjs', 'research'],
  writing: ['agents.mjs', 'writing'],
  search: ['tools.mjs', 'search'],
  pages: ['tools.mjs', 'pages'],
  library: ['library.mjs'],
  letters: ['letters.mjs'],
} as const;
export type ServiceName = keyof typeof PROGRAMS;

const NAMES = [
  'front',
  'other-front',
  'dark',
  'bare',
  'research',
  'writing',
  'search',
  'pages',
  'library',
  'letters',
] as const satisfies readonly ServiceName[];

/** How long a task waits for its callees. */
const WAIT_MILLIS = 1500;

export interface Installation {
  /** True if the spans and metrics came through a Collector. */
  readonly hasCollector: boolean;
  readonly receiver: Receiver;
  readonly urls: Readonly<Record<ServiceName, string>>;
  readonly redis: Redis;
  /** Asks an orchestrator. Returns the id of its task. */
  turn(front: Front, body: Record<string, unknown>): Promise<string>;
  /** Ends the services, so that all of them have exported everything. */
  endServices(): Promise<void>;
  remove(): Promise<void>;
}

export async function startInstallation(): Promise<Installation> {
  const [redis, receiver, ports] = await Promise.all([
    startRedis(),
    startReceiver(),
    freePorts(NAMES.length),
  ]);
  const [collector] = await Promise.all([startCollectorIfThere(receiver), openStore(redis.url)]);
  const urls = Object.fromEntries(NAMES.map((name, at) => [name, `http://127.0.0.1:${ports[at]}`])) as Record<
    ServiceName,
    string
  >;
  const apps = NAMES.map((name) => {
    const options = name === 'bare' ? [] : ['--import', 'otel-agent-cost/register'];
    return startApp(
      PROGRAMS[name] as unknown as [string, ...string[]],
      {
        NAME: name,
        SERVICES: JSON.stringify(urls),
        REDIS_URL: redis.url,
        IDENTITY_KEY: 'known to the services of this installation',
        WAIT_MILLIS: String(WAIT_MILLIS),
        OTEL_SERVICE_NAME: name,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector?.otlpUrl ?? receiver.url,
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
        OTEL_BSP_SCHEDULE_DELAY: '100',
        ...(name === 'dark' && { OTEL_TRACES_SAMPLER: 'always_off' }),
      },
      options,
    );
  });
  await Promise.all(apps.map(ready));

  const endServices = async () => {
    for (const app of apps) app.signal('SIGTERM');
    await Promise.all(apps.map(({ ended }) => ended));
  };
  return {
    hasCollector: collector !== undefined,
    receiver,
    urls,
    redis,
    async turn(front, body) {
      const response = await fetch(urls[front], { method: 'POST', body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`${front}: ${await response.text()}`);
      const { id } = (await response.json()) as { id: string };
      return id;
    },
    endServices,
    async remove() {
      await endServices();
      await collector?.stop();
      await receiver.close();
      await redis.remove();
    },
  };
}

async function startCollectorIfThere({ url }: Receiver): Promise<Collector | undefined> {
  try {
    binaryOf('collector');
  } catch {
    return undefined;
  }
  return startCollector(COLLECTOR_CONFIG, { env: () => ({ RECEIVER_URL: url }) });
}
