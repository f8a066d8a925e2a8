import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { exportSettings } from '../src/export-settings.js';

afterEach(() => vi.unstubAllEnvs());

describe('the export settings', () => {
  it('let a full queue out at once: requests enough for every batch', () => {
    const { batch, exporter } = exportSettings();
    expect(batch.maxQueueSize / batch.maxExportBatchSize).toBeLessThanOrEqual(exporter.concurrencyLimit);
  });

  it('are as the SDK takes them, and nobody else sees what it writes into them', () => {
    vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '1234');
    const { batch, exporter } = exportSettings();
    new BatchSpanProcessor(new OTLPTraceExporter(exporter), batch);
    expect(exportSettings().batch).not.toHaveProperty('scheduledDelayMillis');
  });
});
