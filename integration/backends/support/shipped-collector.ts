/** The collector as users run it: the files as they are, told by their variables where the backends are. */
import { fileURLToPath } from 'node:url';
import type { ClickHouse } from './programs/clickhouse.js';
import { type Collector, startCollector } from './programs/collector.js';
import type { Jaeger } from './programs/jaeger.js';
import type { Prometheus } from './programs/prometheus.js';
import type { Tempo } from './programs/tempo.js';

export const COLLECTOR_CONFIG = fileURLToPath(new URL('../../../collector-config.yaml', import.meta.url));

/** Goes on top of the other. */
export const CLICKHOUSE_CONFIG = fileURLToPath(
  new URL('../../../deploy/collector-config.clickhouse.yaml', import.meta.url),
);

/** Nobody listens there: a backend that a test does not start is one that is away. */
export const NOWHERE = '127.0.0.1:9';

export interface Backends {
  tempo?: Pick<Tempo, 'otlpGrpcEndpoint'>;
  jaeger?: Pick<Jaeger, 'otlpGrpcEndpoint'>;
  prometheus?: Pick<Prometheus, 'url'>;
  /** With it, `deploy/collector-config.clickhouse.yaml` is on top. */
  clickhouse?: Pick<ClickHouse, 'url'>;
}

/** Tests wait for spans; installations can wait longer for larger inserts. */
const SMALL_INSERTS = 'exporters::clickhouse::sending_queue::batch::flush_timeout: 200ms';

/** Keeps every trace, unless `env` says otherwise. `settings` go on top of the files. */
export function startShippedCollector(
  { tempo, jaeger, prometheus, clickhouse }: Backends,
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
      ...(clickhouse && { CLICKHOUSE_ENDPOINT: `${clickhouse.url}?compress=none` }),
      ...env,
    }),
    ...(clickhouse && { overlays: [CLICKHOUSE_CONFIG] }),
    settings: [...(clickhouse ? [SMALL_INSERTS] : []), ...settings],
  });
}
