/** The same tasks with OpenTelemetry alone: the spans that an instrumentation would write, and nobody who prices them. */
import { SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { exportSettings } from 'otel-agent-cost';
import { askModel, FIRST_TASK, MODEL, madeBy, search, TOOL, whoOf } from './amounts.mjs';

const SPANS_A_TASK = 3;

const { batch, exporter } = exportSettings();
const provider = new NodeTracerProvider({
  resource: defaultResource().merge(detectResources({ detectors: [envDetector] })),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(exporter), batch)],
});
provider.register();
const tracer = trace.getTracer('soak');

export function task(number) {
  const { sessionId, user } = whoOf(number);
  const attributes = {
    'gen_ai.operation.name': 'invoke_workflow',
    'session.id': sessionId,
    'user.id': user,
  };
  return inSpan('task support', { attributes }, async () => {
    await chat(number);
    await inSpan(`execute_tool ${TOOL}`, { attributes: toolAttributes() }, () => search(number));
  });
}

function chat(number) {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': MODEL,
  };
  return inSpan(`chat ${MODEL}`, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    const { id, model, usage } = await askModel(number);
    span.setAttributes({
      'gen_ai.response.id': id,
      'gen_ai.response.model': model,
      'gen_ai.usage.input_tokens': usage.prompt_tokens,
      'gen_ai.usage.output_tokens': usage.completion_tokens,
    });
  });
}

function toolAttributes() {
  return { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': TOOL };
}

function inSpan(name, options, run) {
  return tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await run(span);
    } finally {
      span.end();
    }
  });
}

export function made(to) {
  return madeBy(FIRST_TASK, to, SPANS_A_TASK);
}

export async function end() {
  await provider.shutdown();
}
