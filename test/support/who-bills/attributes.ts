/** The attributes that instrumentations write, and the responses that clients give, for a line of the table. */
import type { Attributes } from '@opentelemetry/api';
import type { Line } from './tree.js';

const MODEL = 'gpt-4o';

const OPERATIONS: ReadonlySet<string> = new Set([
  'chat',
  'embeddings',
  'invoke_agent',
  'invoke_workflow',
  'agent_step',
  'execute_tool',
]);

/** Known from the start of the span. */
export function startAttributes({ kind, values, usd }: Line): Attributes {
  if (kind === 'span') return {};
  if (kind === 'execute_tool') return { 'gen_ai.operation.name': kind, 'gen_ai.tool.name': toolName(usd) };
  if (kind === 'ai.generateText') return { 'ai.operationId': kind, 'ai.model.id': modelOf(values) };
  if (kind === 'openinference') {
    return {
      'openinference.span.kind': 'AGENT',
      'llm.model_name': modelOf(values),
      'llm.provider': values.get('provider') ?? 'openai',
    };
  }
  if (!OPERATIONS.has(kind)) throw new Error(`no such span: ${kind}`);
  const model = modelOf(values);
  if (model === 'none') return { 'gen_ai.operation.name': kind };
  return {
    'gen_ai.operation.name': kind,
    'gen_ai.provider.name': values.get('provider') ?? 'openai',
    'gen_ai.request.model': model,
  };
}

/** Known at its end. */
export function endAttributes({ kind, tokens, usd, values, flags }: Line): Attributes {
  if (kind === 'execute_tool') return {};
  const attributes: Attributes = {};
  const isOpenInference = kind === 'openinference';
  if (tokens !== undefined) {
    attributes[isOpenInference ? 'llm.token_count.prompt' : 'gen_ai.usage.input_tokens'] = tokens[0];
    attributes[isOpenInference ? 'llm.token_count.completion' : 'gen_ai.usage.output_tokens'] = tokens[1];
  }
  const cached = values.get('cached');
  if (cached !== undefined) attributes['gen_ai.usage.cache_read.input_tokens'] = Number(cached);
  if (flags.has('unreadable')) attributes['gen_ai.usage.output_tokens'] = 'many';
  const id = values.get('id');
  if (id !== undefined) attributes['gen_ai.response.id'] = id;
  if (usd !== undefined) attributes['gen_ai.usage.cost'] = usd;
  if (flags.has('refused')) attributes['error.type'] = '400';
  return attributes;
}

export function modelOf(values: ReadonlyMap<string, string>): string {
  return values.get('model') ?? MODEL;
}

/** Each price is that of a tool of its own. */
export function toolName(usd: number | undefined): string {
  return usd === undefined ? 'local' : `costs_${usd}`;
}

/** The result of the function in a `withLlm`: a response of OpenAI, of a run of the AI SDK, or text. */
export function responseOf({ tokens, usd, values }: Line): unknown {
  const steps = values.get('steps');
  if (steps !== undefined) return runOf(steps, modelOf(values));
  if (tokens === undefined && usd === undefined) return 'text';
  const [input, output] = tokens ?? [0, 0];
  const id = values.get('id');
  if (values.get('result') === 'claude') return claudeResult(input, output, usd);
  return {
    object: 'chat.completion',
    model: modelOf(values),
    ...(id !== undefined && { id }),
    choices: [{ index: 0, finish_reason: 'stop' }],
    usage: {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      ...(values.has('cached') && { prompt_tokens_details: { cached_tokens: Number(values.get('cached')) } }),
      ...(usd !== undefined && { cost: usd }),
    },
  };
}

/** `generateText` with tools, as the Vercel AI SDK gives it: figures and ids only. */
function runOf(steps: string, modelId: string): object {
  const all = steps.split(',').map((step) => {
    const [id, tokens = ''] = step.split(':');
    const [inputTokens, outputTokens] = tokens.split('+').map(Number);
    return { finishReason: 'stop', usage: { inputTokens, outputTokens }, response: { id, modelId } };
  });
  return { ...all.at(-1), steps: all };
}

/** The message that ends a run of the Claude Agent SDK. */
function claudeResult(input: number, output: number, usd: number | undefined): object {
  const counts = { inputTokens: input, outputTokens: output, costUSD: usd };
  return {
    type: 'result',
    subtype: 'success',
    session_id: 'claude',
    total_cost_usd: usd,
    usage: { input_tokens: input, output_tokens: output },
    modelUsage: { 'claude-sonnet-4-5': counts },
  };
}

/** The same response in chunks. */
export async function* streamOf(line: Line): AsyncGenerator<object> {
  const id = line.values.get('id');
  const chunk = {
    object: 'chat.completion.chunk',
    model: modelOf(line.values),
    ...(id !== undefined && { id }),
  };
  yield { ...chunk, choices: [{ index: 0, delta: { content: 'x' } }] };
  const response = responseOf(line);
  if (typeof response === 'object' && response !== null && 'usage' in response) {
    yield { ...chunk, choices: [], usage: response.usage };
  }
}
