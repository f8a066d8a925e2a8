/** At what size another backend serves better. */

const MANY_SPANS = 1_000_000;
const MANY_BYTES = 2_000_000_000;

export function adviceFor(spans: number, bytes: number): string | null {
  if (spans < MANY_SPANS && bytes < MANY_BYTES) return null;
  const size = `${spans.toLocaleString('en-US')} spans in ${(bytes / 1e9).toFixed(1)} GB`;
  return `This viewer holds ${size}. For more, send spans through the OpenTelemetry Collector to ClickHouse or Tempo, and metrics to Prometheus: docs/cookbook.md has the same questions for them.`;
}
