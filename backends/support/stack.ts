/** All backends behind the collector as it is shipped, for tests that ask more than one. */
import { JaegerClient } from './jaeger.js';
import { startJaeger } from './programs/jaeger.js';
import { startPrometheus } from './programs/prometheus.js';
import { startTempo } from './programs/tempo.js';
import { PrometheusClient } from './prometheus.js';
import { startShippedCollector } from './shipped-collector.js';
import { TempoClient } from './tempo.js';

export interface Stack {
  /** Where apps send to. */
  otlpUrl: string;
  prometheus: PrometheusClient;
  tempo: TempoClient;
  jaeger: JaegerClient;
  stop(): Promise<void>;
}

export async function startStack(rules: { ruleFiles?: string[] } = {}): Promise<Stack> {
  const backends = await Promise.all([startPrometheus(rules), startTempo(), startJaeger()]);
  const [prometheus, tempo, jaeger] = backends;
  const collector = await startShippedCollector({ prometheus, tempo, jaeger });
  return {
    otlpUrl: collector.otlpUrl,
    prometheus: new PrometheusClient(prometheus.url),
    tempo: new TempoClient(tempo.url),
    jaeger: new JaegerClient(jaeger.url),
    stop: async () => {
      await Promise.all([collector, ...backends].map((program) => program.stop()));
    },
  };
}
