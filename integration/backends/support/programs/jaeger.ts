/** Jaeger 2: everything in one process, traces in memory. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { urlOf } from './binaries.js';
import { hasStarted } from './collector.js';
import { type Program, runningElsewhere, startProgram } from './program.js';

export interface Jaeger extends Program {
  /** Of its query API. */
  readonly url: string;
  /** OTLP over gRPC, `host:port`. */
  readonly otlpGrpcEndpoint: string;
}

export async function startJaeger(): Promise<Jaeger> {
  const elsewhere = urlOf('jaeger');
  if (elsewhere !== undefined) {
    return runningElsewhere('jaeger', {
      url: elsewhere,
      otlpGrpcEndpoint: `${new URL(elsewhere).hostname}:4317`,
    });
  }
  return startProgram('jaeger', 3, ({ folder, ports: [http = 0, grpc = 0, otlp = 0] }) => {
    const config = join(folder, 'jaeger.yaml');
    writeFileSync(config, JSON.stringify(configOf(http, grpc, otlp), null, 2));
    const url = `http://127.0.0.1:${http}`;
    return {
      arguments: [`--config=${config}`],
      isReady: hasStarted,
      facts: { url, otlpGrpcEndpoint: `127.0.0.1:${otlp}` },
    };
  });
}

function configOf(http: number, grpc: number, otlp: number): object {
  const storage = 'memory';
  return {
    receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${otlp}` } } } },
    exporters: { jaeger_storage_exporter: { trace_storage: storage } },
    extensions: {
      jaeger_storage: { backends: { [storage]: { memory: { max_traces: 100_000 } } } },
      jaeger_query: {
        storage: { traces: storage },
        http: { endpoint: `127.0.0.1:${http}` },
        grpc: { endpoint: `127.0.0.1:${grpc}` },
      },
    },
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' } },
    },
  };
}
