/** What a collector says of itself. */
import type { Collector } from '../support/programs/collector.js';

/** The sum over all labels that match; 0 where there is none. */
export async function ownMetric(collector: Collector, name: string, labels = ''): Promise<number> {
  const text = await (await fetch(collector.metricsUrl)).text();
  return text
    .split('\n')
    .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(labels))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

export const rssBytes = (collector: Collector) => ownMetric(collector, 'otelcol_process_memory_rss');
export const cpuSeconds = (collector: Collector) => ownMetric(collector, 'otelcol_process_cpu_seconds');
