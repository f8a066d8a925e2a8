/** Stand-ins for models: through our wrapper, and as the span of somebody else's instrumentation. */
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { withLlm } from 'otel-agent-cost';

const foreignTracer = trace.getTracer('foreign-instrumentation');

/** Which model answers when one is asked for. */
const ANSWERED_BY = { 'gpt-4o': 'gpt-4o-2024-08-06', 'gpt-4o-mini': 'gpt-4o-mini-2024-07-18' };

/** `model` is the one that answered, or the one that was asked for where none did. */
function factsOf(provider, model) {
  return { kind: 'llm', provider, requestModel: model, model: ANSWERED_BY[model] ?? model };
}

/** A call in OpenAI's form. */
export function openai(book, model, inputTokens, outputTokens) {
  const facts = factsOf('openai', model);
  return book.call(facts, () =>
    withLlm({ provider: 'openai', model }, async () => ({
      model: facts.model,
      choices: [{ message: { content: 'done' } }],
      usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens },
    })),
  );
}

/** A call through a gateway that reports a bill of its own. */
export function openaiWithBill(book, model, inputTokens, outputTokens, costUsd) {
  const facts = factsOf('openai', model);
  const usage = { prompt_tokens: inputTokens, completion_tokens: outputTokens, cost: costUsd };
  return book.call(facts, () =>
    withLlm({ provider: 'openai', model }, async () => ({ model: facts.model, usage })),
  );
}

/** A call in Anthropic's form: cached tokens are beside the input. */
export function anthropic(book, model, inputTokens, outputTokens, cached) {
  return book.call(factsOf('anthropic', model), () =>
    withLlm({ provider: 'anthropic', model }, async () => ({
      model,
      content: [{ type: 'text', text: 'done' }],
      usage: {
        input_tokens: inputTokens,
        output_tokens: outputTokens,
        cache_read_input_tokens: cached.readTokens,
        cache_creation_input_tokens: cached.writtenTokens,
      },
    })),
  );
}

/** A call that the provider refuses, and that is made again. */
export async function openaiAtSecondAttempt(book, model, inputTokens, outputTokens) {
  const facts = factsOf('openai', model);
  const options = { provider: 'openai', request: { model, messages: [{ role: 'user', content: 'hello' }] } };
  const refused = Object.assign(new Error('rate limit'), { status: 429 });
  const attempt = () => withLlm(options, () => Promise.reject(refused));
  await book.call({ ...facts, model }, attempt).catch(() => {});
  const usage = { prompt_tokens: inputTokens, completion_tokens: outputTokens };
  await book.call(facts, () => withLlm(options, async () => ({ model: facts.model, usage })));
}

/** The same as another instrumentation records it: a span with usage, and nothing of ours. */
export function foreignChat(book, provider, model, inputTokens, outputTokens) {
  const facts = factsOf(provider, model);
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'gen_ai.response.model': facts.model,
    'gen_ai.usage.input_tokens': inputTokens,
    'gen_ai.usage.output_tokens': outputTokens,
  };
  return book.call({ ...facts, isForeign: true }, async () =>
    foreignTracer.startSpan(`chat ${model}`, { kind: SpanKind.CLIENT, attributes }).end(),
  );
}

/** A tool as another instrumentation records it; priced by its name, from the options. */
export function foreignTool(book, tool, { fails = false } = {}) {
  const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool };
  return book.call({ kind: 'tool', tool, isForeign: true }, async () => {
    const span = foreignTracer.startSpan(`execute_tool ${tool}`, { attributes });
    if (fails) span.setStatus({ code: SpanStatusCode.ERROR, message: 'not there' });
    span.end();
  });
}

/** A span of another instrumentation around some work, at the top of a trace of its own if nothing is active. */
export function foreignSpan(name, attributes, work) {
  return foreignTracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } finally {
      span.end();
    }
  });
}
