/** The collector as users run it: `collector-config.yaml` as it is, told by its variables where the backends are. */
import { fileURLToPath } from 'node:url';
import { type Collector, startCollector } from './programs/collector.js';
import type { Jaeger } from './programs/jaeger.js';
import { freePorts } from './programs/ports.js';
import type { Prometheus } from './programs/prometheus.js';
import type { Tempo } from './programs/tempo.js';

const CONFIG = fileURLToPath(new URL('../../collector-config.yaml', import.meta.url));

/** Nobody listens there: a backend that a test does not start is one that is away. */
const NOWHERE = '127.0.0.1:9';

export interface Backends {
  tempo?: Tempo;
  jaeger?: Jaeger;
  prometheus?: Prometheus;
}

/** Keeps every trace, unless `env` says otherwise. */
export async function startShippedCollector(
  { tempo, jaeger, prometheus }: Backends,
  env: Record<string, string> = {},
): Promise<Collector> {
  const [queuePort] = await freePorts(1);
  return startCollector(CONFIG, {
    env: (folder) => ({
      OTELCOL_STATE_DIR: folder,
      METRICS_QUEUE_PORT: String(queuePort),
      TEMPO_ENDPOINT: tempo?.otlpGrpcEndpoint ?? NOWHERE,
      JAEGER_ENDPOINT: jaeger?.otlpGrpcEndpoint ?? NOWHERE,
      PROMETHEUS_URL: prometheus?.url ?? `http://${NOWHERE}`,
      DERIVED_INTERVAL: '1s',
      KEEP_SHARE_PERCENT: '100',
      ...env,
    }),
  });
}
