import { explainCost } from 'otel-agent-cost/offline';
import type { Leaf } from '../../src/export/leaf.js';

const NOON = Date.parse('2026-11-10T12:00:00.250Z');

/** A priced call of gpt-4o with 1,000 input tokens, 600 of them cached, and 50 output tokens, unless the test says otherwise. */
export function leaf(rest: Partial<Leaf> = {}): Leaf {
  const tokens = rest.tokens ?? { input: 1000, output: 50, cacheRead: 600, cacheWrite: 0, reasoning: 0 };
  const model = rest.model === undefined ? 'gpt-4o' : rest.model;
  const provider = rest.provider === undefined ? 'openai' : rest.provider;
  const attributes = {
    ...(provider !== null && { 'gen_ai.provider.name': provider }),
    ...(model !== null && { 'gen_ai.request.model': model, 'gen_ai.response.model': model }),
    'gen_ai.usage.input_tokens': tokens.input,
    'gen_ai.usage.output_tokens': tokens.output,
    ...(tokens.cacheRead > 0 && { 'gen_ai.usage.cache_read.input_tokens': tokens.cacheRead }),
    ...(tokens.cacheWrite > 0 && { 'gen_ai.usage.cache_creation.input_tokens': tokens.cacheWrite }),
    ...(tokens.reasoning > 0 && { 'gen_ai.usage.reasoning.output_tokens': tokens.reasoning }),
  };
  const startMillis = rest.startMillis ?? NOON;
  const cost = explainCost({ attributes, timeMillis: startMillis });
  return {
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: '0123456789abcdef',
    name: `chat ${model}`,
    kind: 'llm',
    startMillis,
    endMillis: startMillis + 900,
    service: 'agents',
    provider,
    model,
    requestModel: model,
    serviceTier: null,
    tool: null,
    tokens,
    attributes,
    scopeName: '',
    pico: cost.pico === undefined ? null : BigInt(cost.pico),
    status: cost.pico === undefined ? 'unpriced' : null,
    reason: cost.reason ?? null,
    source: cost.source ?? null,
    isFailed: false,
    attempt: null,
    agent: 'planner',
    taskId: '00000000000000a1',
    taskName: 'answer',
    rootTaskId: '00000000000000a1',
    sessionId: 's-1',
    outcome: 'success',
    isTaskComplete: true,
    isPricedHere: false,
    attribution: { team: 'support' },
    ...rest,
  };
}

export function tool(rest: Partial<Leaf> = {}): Leaf {
  return leaf({
    kind: 'tool',
    name: 'execute_tool search',
    tool: 'search',
    model: null,
    provider: null,
    tokens: null,
    attributes: { 'gen_ai.tool.name': 'search' },
    pico: 5_000_000_000n,
    status: null,
    reason: null,
    source: 'declared',
    ...rest,
  });
}

export async function* each<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}
