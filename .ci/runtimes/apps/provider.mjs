/** An app with an SDK of its own: two tasks at once, and the span of another instrumentation. */
import { context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { CostSpanProcessor, exportSettings, withAgent, withLlm, withTask, withTool } from 'otel-agent-cost';
import { GPT_4O, reply, wait } from './replies.mjs';

const { exporter, batch } = exportSettings();
const provider = new NodeTracerProvider({
  spanProcessors: [
    new CostSpanProcessor({ tools: { web_search: { costUsd: 0.005 } } }),
    new BatchSpanProcessor(new OTLPTraceExporter(exporter), batch),
  ],
});
provider.register();

await Promise.all([
  withTask('wrapped', () =>
    withAgent('researcher', async () => {
      await withLlm(GPT_4O, () => reply(2));
      await withTool('web_search', () => wait(1));
    }),
  ),
  withTask('instrumented', async () => {
    await wait(1);
    const span = trace.getTracer('instrumentation').startSpan('chat by another');
    await context.with(trace.setSpan(context.active(), span), () => wait(1));
    span.setAttributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 2000,
      'gen_ai.usage.output_tokens': 200,
    });
    span.end();
  }),
]);
await provider.shutdown();
