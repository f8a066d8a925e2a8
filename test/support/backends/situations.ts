/** Small tasks through the public API, each with one thing in it that a backend may count otherwise. */
import {
  ActionError,
  recordCost,
  recordUsage,
  withAgent,
  withLlm,
  withStep,
  withTask,
  withTool,
  wrapTool,
} from '../../../src/index.js';
import { chat, completion, inSpan } from '../tracing.js';

const search = wrapTool({ name: 'web_search', costUsd: 0.005 }, (query: string) => `about ${query}`);

/** gpt-4o, $2.50 in and $10 out per million tokens, unless another model is named. */
function call(inputTokens: number, outputTokens: number, model = 'gpt-4o') {
  return withLlm({ provider: 'openai', model }, () => completion(inputTokens, outputTokens, { model }));
}

function failing(work: () => unknown): void {
  try {
    work();
  } catch {
    // The task goes on without it.
  }
}

/** Two turns with a paid and a local tool, and a fee: $0.0035 + $0.0035 + $0.005 + $0.25. */
function loop(): void {
  for (const query of ['who', 'what']) {
    withStep('turn', () => {
      call(1000, 100);
      withTool('format', () => query);
    });
  }
  search('who');
  recordCost(0.25, { kind: 'other', name: 'payment_fee' });
}

/** A call that broke off after its usage was known: $0.00035. */
function failedCall(): void {
  failing(() =>
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
      recordUsage({ inputTokens: 100, outputTokens: 10 });
      throw new Error('broke off');
    }),
  );
}

/** A call the provider refused, which is known to be free. */
function refusedCall(): void {
  failing(() =>
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
      throw Object.assign(new Error('slow down'), { status: 429 });
    }),
  );
}

/** A tool that failed and cost $0.001 all the same. */
function failedTool(): void {
  failing(() =>
    withTool('crm_lookup', () => {
      throw new ActionError('not found', { costUsd: 0.001 });
    }),
  );
}

/** A tool that is known to cost nothing. */
function freeTool(): void {
  withTool({ name: 'cached_search', costUsd: 0 }, () => 'known');
}

/** A call of 1,000 tokens that the app says is free. */
function freeCall(): void {
  call(900, 100, 'house-model');
}

/** A call of 1,000 tokens of a model that only the backend knows. */
function unpricedCall(): void {
  call(900, 100, 'brand-new-model');
}

/** One call that another instrumentation recorded inside of our wrapper. */
function coveredCall(): void {
  withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
    chat(1000, 100);
    return completion(1000, 100);
  });
}

/** Another framework's agent span that repeats the usage of its call, and 1,000 input tokens more: $0.0025 of them. */
function foreignAgent(): void {
  const usage = { 'gen_ai.usage.input_tokens': 2000, 'gen_ai.usage.output_tokens': 100 };
  const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.provider.name': 'openai' };
  inSpan('invoke_agent helper', { ...agent, 'gen_ai.request.model': 'gpt-4o', ...usage }, () =>
    chat(1000, 100),
  );
}

export const SITUATIONS = {
  loop,
  failedCall,
  refusedCall,
  failedTool,
  freeTool,
  freeCall,
  unpricedCall,
  coveredCall,
  foreignAgent,
};

export type Situation = keyof typeof SITUATIONS;

/** Options under which the situations are what they say. */
export const SITUATION_OPTIONS = { overrides: { 'house-model': { free: true } } };

/** One task with all of these in it, one after the other. */
export function runTask(...situations: Situation[]): void {
  withTask('research', () =>
    withAgent('researcher', () => {
      for (const situation of situations) SITUATIONS[situation]();
    }),
  );
}
