/** All backends behind the collector as it is shipped, for tests that ask more than one. */
import { ClickHouseClient } from './clickhouse.js';
import { JaegerClient } from './jaeger.js';
import { isSkipped } from './programs/binaries.js';
import { startClickHouse } from './programs/clickhouse.js';
import { startJaeger } from './programs/jaeger.js';
import { startPrometheus } from './programs/prometheus.js';
import { startTempo } from './programs/tempo.js';
import { PrometheusClient } from './prometheus.js';
import { NOWHERE, startShippedCollector } from './shipped-collector.js';
import { TempoClient } from './tempo.js';

/** Tests that ask all backends go without it; those that need it are skipped. */
export const LACKS_TEMPO = isSkipped('tempo');

/** The same for ClickHouse. */
export const LACKS_CLICKHOUSE = isSkipped('clickhouse');

/** `deploy/collector-config.clickhouse.yaml` takes their place. */
const BESIDE_THE_OTHERS =
  'service::pipelines::traces/sampled: { processors: [tail_sampling], exporters: [otlp_grpc/tempo, otlp_grpc/jaeger, clickhouse] }';

export interface Stack {
  /** Where apps send to. */
  otlpUrl: string;
  prometheus: PrometheusClient;
  /** Nobody answers where {@link LACKS_TEMPO}. */
  tempo: TempoClient;
  jaeger: JaegerClient;
  /** Nobody answers where {@link LACKS_CLICKHOUSE}. */
  clickhouse: ClickHouseClient;
  stop(): Promise<void>;
}

/** `env` is what the collector is told besides. */
export async function startStack(
  rules: { ruleFiles?: string[] } = {},
  env: Record<string, string> = {},
): Promise<Stack> {
  const [prometheus, jaeger, tempo, clickhouse] = await Promise.all([
    startPrometheus(rules),
    startJaeger(),
    LACKS_TEMPO ? undefined : startTempo(),
    LACKS_CLICKHOUSE ? undefined : startClickHouse(),
  ]);
  const collector = await startShippedCollector(
    {
      prometheus,
      jaeger,
      ...(tempo !== undefined && { tempo }),
      ...(clickhouse !== undefined && { clickhouse }),
    },
    env,
    clickhouse === undefined ? [] : [BESIDE_THE_OTHERS],
  );
  return {
    otlpUrl: collector.otlpUrl,
    prometheus: new PrometheusClient(prometheus.url),
    tempo: new TempoClient(tempo?.url ?? `http://${NOWHERE}`),
    jaeger: new JaegerClient(jaeger.url),
    clickhouse: new ClickHouseClient(clickhouse?.url ?? `http://${NOWHERE}`),
    stop: async () => {
      await Promise.all([collector, prometheus, jaeger, tempo, clickhouse].map((program) => program?.stop()));
    },
  };
}
