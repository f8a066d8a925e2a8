/** The collector as users run it: `collector-config.yaml` as it is, told by its variables where the backends are. */
import { fileURLToPath } from 'node:url';
import { type Collector, startCollector } from './programs/collector.js';
import type { Jaeger } from './programs/jaeger.js';
import type { Prometheus } from './programs/prometheus.js';
import type { Tempo } from './programs/tempo.js';

export const COLLECTOR_CONFIG = fileURLToPath(new URL('../../../collector-config.yaml', import.meta.url));

/** Nobody listens there: a backend that a test does not start is one that is away. */
export const NOWHERE = '127.0.0.1:9';

export interface Backends {
  tempo?: Pick<Tempo, 'otlpGrpcEndpoint'>;
  jaeger?: Pick<Jaeger, 'otlpGrpcEndpoint'>;
  prometheus?: Pick<Prometheus, 'url'>;
}

/** Keeps every trace, unless `env` says otherwise. `settings` go on top of the file. */
export function startShippedCollector(
  { tempo, jaeger, prometheus }: Backends,
  env: Record<string, string> = {},
  settings: string[] = [],
): Promise<Collector> {
  return startCollector(COLLECTOR_CONFIG, {
    env: () => ({
      TEMPO_ENDPOINT: tempo?.otlpGrpcEndpoint ?? NOWHERE,
      JAEGER_ENDPOINT: jaeger?.otlpGrpcEndpoint ?? NOWHERE,
      PROMETHEUS_URL: prometheus?.url ?? `http://${NOWHERE}`,
      DERIVED_INTERVAL: '1s',
      KEEP_SHARE_PERCENT: '100',
      ...env,
    }),
    settings,
  });
}
