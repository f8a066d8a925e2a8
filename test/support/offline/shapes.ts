/** What the instrumentations in the field write on the spans of an agent, in the forms that a random program mixes. */
import type { Attributes } from '@opentelemetry/api';

/** The numbers and choices that a shape is made of. */
export interface Facts {
  input: number;
  output: number;
  /** From 0 to 7: the model, the work, and how the call ends. */
  choice: number;
  failed: boolean;
  /** Unique to the span. */
  id: string;
  /** Unique to the trace. */
  trace: string;
}

export interface Shape {
  name: string;
  scope: string;
  /** Known from the start. */
  start: Attributes;
  /** Known at the end. */
  end: Attributes;
}

const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'mystery-1'];
const PROVIDERS = ['openai', 'openai', 'anthropic', 'openai'];

/** The prices that the processor and `priceSpans` are told. */
export const TOOLS = {
  search: { costUsd: 0.005 },
  scrape: { billable: true, costUsd: 0.01 },
  map: { billable: true },
} as const;

const TOOL_NAMES = ['search', 'scrape', 'map', 'local'];

function modelOf({ choice }: Facts): string {
  return MODELS[choice % MODELS.length] ?? '';
}

function providerOf({ choice }: Facts): string {
  return PROVIDERS[choice % PROVIDERS.length] ?? '';
}

function toolOf({ choice }: Facts): string {
  return TOOL_NAMES[choice % TOOL_NAMES.length] ?? '';
}

/** How a failed call shows its failure, and whether it was billed. */
function failureOf({ failed, choice }: Facts): Attributes {
  return failed ? { 'error.type': ['429', 'TimeoutError', '500', 'BadRequestError'][choice % 4] } : {};
}

/** No usage after some failures: it is then unknown. */
function showsUsage({ failed, choice }: Facts): boolean {
  return !failed || choice >= 4;
}

function cachedOf({ input, choice }: Facts): number {
  return choice === 5 ? Math.floor(input / 2) : 0;
}

const PROMPT = [{ role: 'user', content: 'same question' }];

export const SHAPES: Readonly<Record<string, (facts: Facts) => Shape>> = {
  plain: ({ id }) => ({ name: `GET /${id}`, scope: 'http', start: {}, end: {} }),

  'gen_ai chat': (facts) => ({
    name: `chat ${facts.id}`,
    scope: 'opentelemetry.instrumentation.openai_v2',
    start: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': providerOf(facts),
      'gen_ai.request.model': modelOf(facts),
      'gen_ai.input.messages': JSON.stringify(PROMPT),
    },
    end: {
      ...failureOf(facts),
      ...(showsUsage(facts) && {
        'gen_ai.response.model': modelOf(facts),
        'gen_ai.response.id': facts.choice === 3 ? 'gateway' : facts.id,
        'gen_ai.usage.input_tokens': facts.input,
        'gen_ai.usage.output_tokens': facts.output,
        ...(cachedOf(facts) > 0 && { 'gen_ai.usage.cache_read.input_tokens': cachedOf(facts) }),
      }),
    },
  }),

  'gen_ai chat, former names': (facts) => ({
    name: `${modelOf(facts)}.chat ${facts.id}`,
    scope: 'opentelemetry.instrumentation.openai.v1',
    start: {
      'gen_ai.system': providerOf(facts),
      'gen_ai.request.model': modelOf(facts),
      'llm.request.type': 'chat',
    },
    end: {
      ...failureOf(facts),
      ...(showsUsage(facts) && {
        'gen_ai.usage.prompt_tokens': facts.input,
        'gen_ai.usage.completion_tokens': facts.output,
        'llm.usage.total_tokens': facts.input + facts.output,
      }),
    },
  }),

  'gen_ai chat with a bill': (facts) => ({
    name: `chat ${facts.id}`,
    scope: 'openrouter',
    start: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': modelOf(facts) },
    end: {
      'gen_ai.usage.input_tokens': facts.input,
      'gen_ai.usage.output_tokens': facts.output,
      'gen_ai.usage.cost': facts.choice === 0 ? 0 : facts.input * 2.5e-6 + facts.output * 1e-5,
    },
  }),

  'gen_ai stream': (facts) => ({
    name: `chat ${facts.id}`,
    scope: 'strands',
    start: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': modelOf(facts),
      'gen_ai.request.stream': true,
    },
    end:
      facts.choice < 4
        ? { 'gen_ai.usage.input_tokens': facts.input, 'gen_ai.usage.output_tokens': facts.output }
        : {},
  }),

  embeddings: (facts) => ({
    name: `embeddings ${facts.id}`,
    scope: 'opentelemetry.instrumentation.openai_v2',
    start: {
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'text-embedding-3-small',
    },
    end: { 'gen_ai.usage.input_tokens': facts.input },
  }),

  'gen_ai agent': (facts) => ({
    name: `invoke_agent ${facts.id}`,
    scope: 'pydantic-ai',
    start: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': `agent ${facts.choice}`,
      ...(facts.choice === 1 && { 'gen_ai.conversation.id': `${facts.trace} conversation` }),
    },
    end:
      facts.choice >= 4
        ? {
            'gen_ai.request.model': modelOf(facts),
            'gen_ai.usage.input_tokens': facts.input,
            'gen_ai.usage.output_tokens': facts.output,
          }
        : {},
  }),

  step: (facts) => ({
    name: `agent_step ${facts.id}`,
    scope: 'mastra',
    start: { 'gen_ai.operation.name': 'agent_step' },
    end: {},
  }),

  'gen_ai tool': (facts) => ({
    name: `execute_tool ${toolOf(facts)} ${facts.id}`,
    scope: 'pydantic-ai',
    start: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': toolOf(facts),
      'gen_ai.tool.call.arguments': JSON.stringify({ q: facts.choice >> 2 }),
    },
    end: {
      ...failureOf(facts),
      ...(facts.choice >= 4 && { 'gen_ai.tool.call.result': JSON.stringify({ cost_usd: 0.002 }) }),
    },
  }),

  'OpenInference LLM': (facts) => ({
    name: `ChatCompletion ${facts.id}`,
    scope: 'openinference.instrumentation.openai',
    start: {
      'openinference.span.kind': 'LLM',
      'llm.model_name': modelOf(facts),
      'llm.provider': providerOf(facts),
      'input.value': JSON.stringify(PROMPT),
    },
    end: showsUsage(facts)
      ? {
          'llm.token_count.prompt': facts.input,
          'llm.token_count.completion': facts.output,
          'llm.token_count.total': facts.input + facts.output,
          ...(cachedOf(facts) > 0 && { 'llm.token_count.prompt_details.cache_read': cachedOf(facts) }),
        }
      : {},
  }),

  'OpenInference agent': (facts) => ({
    name: `AgentRun ${facts.id}`,
    scope: 'openinference.instrumentation.crewai',
    start: { 'openinference.span.kind': 'AGENT', 'session.id': `${facts.trace} session` },
    end:
      facts.choice >= 6
        ? {
            'llm.model_name': modelOf(facts),
            'llm.token_count.prompt': facts.input,
            'llm.token_count.completion': facts.output,
          }
        : {},
  }),

  'OpenInference tool': (facts) => ({
    name: `tool ${facts.id}`,
    scope: 'openinference.instrumentation.crewai',
    start: { 'openinference.span.kind': 'TOOL', 'tool.name': toolOf(facts) },
    end: facts.choice >= 6 ? { 'output.value': JSON.stringify({ costUsd: 0.003 }) } : {},
  }),

  'OpenInference chain': ({ id }) => ({
    name: `Crew ${id}`,
    scope: 'openinference.instrumentation.crewai',
    start: { 'openinference.span.kind': 'CHAIN' },
    end: {},
  }),

  'OpenLLMetry workflow': ({ id }) => ({
    name: `flow.workflow ${id}`,
    scope: 'opentelemetry.instrumentation.langchain',
    start: { 'traceloop.span.kind': 'workflow', 'traceloop.entity.name': 'flow' },
    end: {},
  }),

  'OpenLLMetry agent': (facts) => ({
    name: `planner.agent ${facts.id}`,
    scope: 'opentelemetry.instrumentation.crewai',
    start: { 'traceloop.span.kind': 'agent', 'traceloop.entity.name': 'planner' },
    end: {},
  }),

  'OpenLLMetry tool': (facts) => ({
    name: `${toolOf(facts)}.tool ${facts.id}`,
    scope: 'opentelemetry.instrumentation.langchain',
    start: { 'traceloop.span.kind': 'tool', 'traceloop.entity.name': toolOf(facts) },
    end: {},
  }),

  'ai.generateText': (facts) => ({
    name: `ai.generateText ${facts.id}`,
    scope: 'ai',
    start: {
      'ai.operationId': 'ai.generateText',
      'ai.model.id': modelOf(facts),
      'ai.model.provider': providerOf(facts),
    },
    end: { 'ai.usage.promptTokens': facts.input, 'ai.usage.completionTokens': facts.output },
  }),

  'ai.generateText.doGenerate': (facts) => ({
    name: `ai.generateText.doGenerate ${facts.id}`,
    scope: 'ai',
    start: {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.id': modelOf(facts),
      'gen_ai.request.model': modelOf(facts),
      'gen_ai.system': providerOf(facts),
    },
    end: showsUsage(facts)
      ? {
          'ai.response.id': facts.id,
          'ai.usage.promptTokens': facts.input,
          'ai.usage.completionTokens': facts.output,
          'gen_ai.usage.input_tokens': facts.input,
          'gen_ai.usage.output_tokens': facts.output,
        }
      : {},
  }),

  'ai.toolCall': (facts) => ({
    name: `ai.toolCall ${facts.id}`,
    scope: 'ai',
    start: {
      'ai.operationId': 'ai.toolCall',
      'ai.toolCall.name': toolOf(facts),
      'ai.toolCall.args': '{"q":1}',
    },
    end: {},
  }),
};
