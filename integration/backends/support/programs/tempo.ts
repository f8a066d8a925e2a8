/** Tempo 3: everything in one process, traces in files; spans are found as soon as it can. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { urlOf } from './binaries.js';
import { answers, type Place, type Program, runningElsewhere, startProgram } from './program.js';

export interface Tempo extends Program {
  /** Of its API. */
  readonly url: string;
  /** OTLP over gRPC, `host:port`. */
  readonly otlpGrpcEndpoint: string;
}

export async function startTempo(): Promise<Tempo> {
  const elsewhere = urlOf('tempo');
  if (elsewhere !== undefined) {
    return runningElsewhere('tempo', {
      url: elsewhere,
      otlpGrpcEndpoint: `${new URL(elsewhere).hostname}:4317`,
    });
  }
  return startProgram('tempo', 3, (place) => {
    const [http, , otlp] = place.ports;
    const config = join(place.folder, 'tempo.yaml');
    writeFileSync(config, JSON.stringify(configOf(place), null, 2));
    const url = `http://127.0.0.1:${http}`;
    return {
      arguments: ['-target=all', `-config.file=${config}`],
      isReady: () => answers(`${url}/ready`),
      facts: { url, otlpGrpcEndpoint: `127.0.0.1:${otlp}` },
    };
  });
}

function configOf({ folder, ports: [http, grpc, otlp] }: Place): object {
  const alone = { kvstore: { store: 'inmemory' }, instance_addr: '127.0.0.1' };
  const server = { http_listen_address: '127.0.0.1', grpc_listen_address: '127.0.0.1' };
  return {
    server: { ...server, http_listen_port: http, grpc_listen_port: grpc, log_level: 'warn' },
    distributor: {
      receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${otlp}` } } } },
      ring: alone,
    },
    live_store: {
      ring: alone,
      partition_ring: { kvstore: { store: 'inmemory' } },
      wal: { path: join(folder, 'live-store') },
      shutdown_marker_dir: join(folder, 'shutdown-marker'),
      // Spans are searched once their trace is written: by default 5 s after the last one, looked at every 5 s.
      max_trace_idle: '500ms',
      max_trace_live: '2s',
      flush_check_period: '500ms',
    },
    // Leaves out nothing because it is new.
    query_frontend: { query_end_cutoff: '0s', search: { max_spans_per_span_set: 0 } },
    storage: {
      trace: {
        backend: 'local',
        wal: { path: join(folder, 'wal') },
        local: { path: join(folder, 'blocks') },
      },
    },
    backend_scheduler: { local_work_path: join(folder, 'scheduler') },
    usage_report: { reporting_enabled: false },
  };
}
