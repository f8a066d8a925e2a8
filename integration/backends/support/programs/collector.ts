/** The Collector, with a configuration as it is in the repository: only where it listens is other. */
import { join } from 'node:path';
import { urlOf } from './binaries.js';
import { type Program, runningElsewhere, startProgram } from './program.js';

export interface Collector extends Program {
  /** OTLP over HTTP. */
  readonly otlpUrl: string;
  /** OTLP over gRPC, `host:port`. */
  readonly otlpGrpcEndpoint: string;
  /** Its own metrics, as Prometheus scrapes them. */
  readonly metricsUrl: string;
}

export interface CollectorOptions {
  /** What the configuration reads from `env:`. The folder is the collector's own and outlives a restart. */
  env?(folder: string): Record<string, string>;
  /** Files on top of the configuration. */
  overlays?: string[];
  /** On top of the configuration, like `exporters::debug::verbosity: detailed`. */
  settings?: string[];
}

export async function startCollector(configPath: string, options: CollectorOptions = {}): Promise<Collector> {
  const elsewhere = urlOf('collector');
  if (elsewhere !== undefined) {
    const { hostname } = new URL(elsewhere);
    return runningElsewhere('collector', {
      otlpUrl: elsewhere,
      otlpGrpcEndpoint: `${hostname}:4317`,
      metricsUrl: `http://${hostname}:8888/metrics`,
    });
  }
  const { env, overlays = [], settings = [] } = options;
  return startProgram('collector', 4, ({ folder, ports: [http, grpc, metrics, queue] }) => {
    const otlpUrl = `http://127.0.0.1:${http}`;
    const all = [
      `receivers::otlp::protocols::http::endpoint: 127.0.0.1:${http}`,
      `receivers::otlp::protocols::grpc::endpoint: 127.0.0.1:${grpc}`,
      `service::telemetry::metrics::readers: [{ pull: { exporter: { prometheus: { host: 127.0.0.1, port: ${metrics} } } } }]`,
      ...settings,
    ];
    return {
      arguments: [
        ...[configPath, ...overlays].map((path) => `--config=${path}`),
        ...all.map((setting) => `--config=yaml:${setting}`),
      ],
      env: {
        OTELCOL_STATE_DIR: join(folder, 'state'),
        METRICS_QUEUE_PORT: String(queue),
        ...env?.(folder),
      },
      isReady: hasStarted,
      facts: {
        otlpUrl,
        otlpGrpcEndpoint: `127.0.0.1:${grpc}`,
        metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
      },
    };
  });
}

/**
 * Whether a collector, or a program made of it, has started everything. That a receiver answers says less: it is shared by
 * all signals and starts with the first of them. Until the exporters of the others have started, too, which takes
 * milliseconds, a request for them makes version 0.155 dereference nil in their queue and close the connection.
 */
export function hasStarted(log: string): boolean {
  return log.includes('Everything is ready. Begin running and processing data.');
}
