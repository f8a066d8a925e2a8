/** Tasks as agents make them, as many as wanted: an agent, ten model calls and ten tool calls, in a session. */

import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  CostSpanProcessor,
  exportSettings,
  withAgent,
  withLlm,
  withTask,
  withTool,
} from '../../../src/index.js';

export const SPANS_A_TASK = 22;
const TURNS = 10;
const USAGE = { inputTokens: 1200, outputTokens: 150 };

/** Tasks wait for the exporter after so many, so that its queue is long enough. */
const TASKS_A_FLUSH = 500;

/** Sends that many tasks; resolves when all were taken. */
export async function sendTasks(otlpUrl: string, tasks: number): Promise<void> {
  const { exporter, batch } = exportSettings();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'measured', 'service.instance.id': 'measured-1' }),
    spanProcessors: [
      new CostSpanProcessor(),
      new BatchSpanProcessor(new OTLPTraceExporter({ ...exporter, url: `${otlpUrl}/v1/traces` }), batch),
    ],
  });
  trace.setGlobalTracerProvider(provider);
  try {
    for (let sent = 0; sent < tasks; sent++) {
      oneTask(sent);
      if (sent % TASKS_A_FLUSH === 0) await provider.forceFlush();
    }
    await provider.forceFlush();
  } finally {
    await provider.shutdown();
    trace.disable();
  }
}

function oneTask(number: number): void {
  const attribution = { team: 'growth', feature: 'search', customer: `customer-${number % 50}` };
  withTask({ name: 'research', sessionId: `session-${number}`, budgetUsd: 0.5, attribution }, () =>
    withAgent('researcher', () => {
      for (let turn = 0; turn < TURNS; turn++) {
        withLlm({ provider: 'openai', model: 'gpt-4o' }, (call) => call.recordUsage(USAGE));
        withTool({ name: 'web_search', costUsd: 0.005 }, () => turn);
      }
    }),
  );
}
