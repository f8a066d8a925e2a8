/** What other instrumentations do: spans of a plain tracer, ended whenever their work is over. */
import { type Attributes, context, trace } from '@opentelemetry/api';
import { modelOf, type Work } from './work.js';

/** The processor is told this price. */
export const FOREIGN_TOOL = 'foreign_search';
export const FOREIGN_TOOL_USD = 0.005;

/** Runs `inside` below a foreign span. */
export async function runForeign(
  work: Work,
  responseId: string | undefined,
  inside: () => Promise<void>,
): Promise<void> {
  const tracer = trace.getTracer('another instrumentation');
  const attributes = attributesOf(work);
  const span = tracer.startSpan(work.kind, work.late ? {} : { attributes });
  try {
    await context.with(trace.setSpan(context.active(), span), inside);
  } finally {
    if (work.late) span.setAttributes(attributes);
    span.setAttributes(usageOf(work));
    if (responseId !== undefined) span.setAttribute('gen_ai.response.id', responseId);
    span.end();
  }
}

function attributesOf(work: Work): Attributes {
  switch (work.kind) {
    case 'foreignAgent':
      return { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'foreign' };
    case 'foreignTool':
      return { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': FOREIGN_TOOL };
    case 'foreignLlm':
      return { 'gen_ai.operation.name': 'chat', ...modelAttributes(work) };
    case 'aggregate':
      return work.form % 2 === 0 ? { 'ai.operationId': 'ai.generateText' } : {};
    default:
      return {};
  }
}

/** Usage on LLM spans, on outer spans that repeat, truncate or sum it, and on some agents. */
export function statesUsage(work: Work): boolean {
  return (
    work.kind === 'foreignLlm' || work.kind === 'aggregate' || (work.kind === 'foreignAgent' && work.form < 2)
  );
}

function usageOf(work: Work): Attributes {
  if (!statesUsage(work)) return {};
  return {
    ...modelAttributes(work),
    'gen_ai.usage.input_tokens': work.inputTokens,
    'gen_ai.usage.output_tokens': work.outputTokens,
  };
}

function modelAttributes(work: Work): Attributes {
  return { 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': modelOf(work) };
}
