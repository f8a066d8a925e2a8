/** All backends behind the collector as it is shipped, for tests that ask more than one. */
import { JaegerClient } from './jaeger.js';
import { isSkipped } from './programs/binaries.js';
import { startJaeger } from './programs/jaeger.js';
import { startPrometheus } from './programs/prometheus.js';
import { startTempo } from './programs/tempo.js';
import { PrometheusClient } from './prometheus.js';
import { NOWHERE, startShippedCollector } from './shipped-collector.js';
import { TempoClient } from './tempo.js';

/** Tests that ask all backends go without it; those that need it are skipped. */
export const LACKS_TEMPO = isSkipped('tempo');

export interface Stack {
  /** Where apps send to. */
  otlpUrl: string;
  prometheus: PrometheusClient;
  /** Nobody answers where {@link LACKS_TEMPO}. */
  tempo: TempoClient;
  jaeger: JaegerClient;
  stop(): Promise<void>;
}

/** `env` is what the collector is told besides. */
export async function startStack(
  rules: { ruleFiles?: string[] } = {},
  env: Record<string, string> = {},
): Promise<Stack> {
  const [prometheus, jaeger, tempo] = await Promise.all([
    startPrometheus(rules),
    startJaeger(),
    LACKS_TEMPO ? undefined : startTempo(),
  ]);
  const collector = await startShippedCollector(
    { prometheus, jaeger, ...(tempo !== undefined && { tempo }) },
    env,
  );
  return {
    otlpUrl: collector.otlpUrl,
    prometheus: new PrometheusClient(prometheus.url),
    tempo: new TempoClient(tempo?.url ?? `http://${NOWHERE}`),
    jaeger: new JaegerClient(jaeger.url),
    stop: async () => {
      await Promise.all([collector, prometheus, jaeger, tempo].map((program) => program?.stop()));
    },
  };
}
