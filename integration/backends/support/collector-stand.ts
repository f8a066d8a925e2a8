/** The collector of `collector-config.yaml` between a sink for traces and a real Prometheus. */
import { fileURLToPath } from 'node:url';
import type { Collector } from './programs/collector.js';
import { type Prometheus, startPrometheus } from './programs/prometheus.js';
import { PrometheusClient } from './prometheus.js';
import { startShippedCollector } from './shipped-collector.js';
import { type SpanSink, startSpanSink } from './span-sink.js';

export const GATEWAY_CONFIG = fileURLToPath(
  new URL('../../../deploy/collector-config.gateway.yaml', import.meta.url),
);

/** Derived counters are sent so often; a test waits for them. */
const DERIVED_INTERVAL = '200ms';

/** So long kept spans wait for others. */
const FLUSH_TIMEOUT = '50ms';

export interface Backends {
  sink: SpanSink;
  prometheus: Prometheus;
  /** Asks it. */
  metrics: PrometheusClient;
  stop(): Promise<void>;
}

export async function startBackends(): Promise<Backends> {
  const [sink, prometheus] = await Promise.all([startSpanSink(), startPrometheus()]);
  return {
    sink,
    prometheus,
    metrics: new PrometheusClient(prometheus.url),
    stop: async () => {
      await Promise.all([sink.stop(), prometheus.stop()]);
    },
  };
}

export interface ToWhere {
  sink?: SpanSink;
  prometheus?: Pick<Prometheus, 'url'>;
}

/**
 * The collector as it is in the repository, with what `env` and `settings` say otherwise. It keeps no share of ordinary
 * traces, so that what arrives has its reason.
 */
export function startOurCollector(
  { sink, prometheus }: ToWhere,
  env: Record<string, string> = {},
  settings: string[] = [],
): Promise<Collector> {
  return startShippedCollector(
    { ...(sink && { tempo: sink }), ...(prometheus && { prometheus }) },
    { OTELCOL_INSTANCE: 'collector-1', DERIVED_INTERVAL, KEEP_SHARE_PERCENT: '0', ...env },
    [
      'service::pipelines::traces/sampled::exporters: [otlp_grpc/tempo]',
      `exporters::otlp_grpc/tempo::sending_queue::batch::flush_timeout: ${FLUSH_TIMEOUT}`,
      ...settings,
    ],
  );
}
