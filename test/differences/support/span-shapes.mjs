/** Attributes of other instrumentations' spans, under the names that each of them uses. */

export const MODELS = [
  'gpt-4o',
  'gpt-4o-2024-08-06',
  'gpt-4o-mini',
  'claude-sonnet-4-5',
  'gemini-2.5-flash',
  'o3',
  'made-up',
];
export const PROVIDERS = ['openai', 'openai', 'anthropic', 'gcp.gemini', 'x', undefined];
export const KINDS = [
  'chat',
  'chat',
  'chat',
  'execute_tool',
  'execute_tool',
  'invoke_agent',
  'plain',
  'plain',
  'agent_step',
  'embeddings',
];

const OPENINFERENCE_KINDS = {
  chat: 'LLM',
  embeddings: 'EMBEDDING',
  execute_tool: 'TOOL',
  invoke_agent: 'AGENT',
  agent_step: 'CHAIN',
};
const AI_SDK_OPERATIONS = {
  chat: 'ai.generateText.doGenerate',
  embeddings: 'ai.embed.doEmbed',
  execute_tool: 'ai.toolCall',
  invoke_agent: 'ai.generateText',
};
const TRACELOOP_KINDS = { invoke_agent: 'agent', execute_tool: 'tool', agent_step: 'task' };
const TOOL_NAMES = ['search', 'paid', 'free', 'none'];
const AGENT_NAMES = ['a', 'b'];

/** Attributes that are known at the start: the kind, the model, the tool. */
export function startAttributes({ kind, convention, model, provider }, random) {
  const asks = kind === 'chat' || kind === 'embeddings';
  const tool = kind === 'execute_tool' ? random.pick(TOOL_NAMES) : undefined;
  const agent = kind === 'invoke_agent' ? random.pick(AGENT_NAMES) : undefined;
  switch (convention) {
    case 'openinference':
      return present({
        'openinference.span.kind': OPENINFERENCE_KINDS[kind],
        ...(asks && { 'llm.model_name': model, 'llm.provider': provider }),
        'tool.name': tool,
        'agent.name': agent,
      });
    case 'ai-sdk':
      return present({
        'ai.operationId': AI_SDK_OPERATIONS[kind],
        ...(asks && { 'ai.model.id': model, 'ai.model.provider': provider }),
        'ai.toolCall.name': tool,
      });
    case 'traceloop':
      return present({
        'traceloop.span.kind': TRACELOOP_KINDS[kind],
        'traceloop.entity.name': tool ?? agent,
        ...(asks && { 'gen_ai.system': provider, 'gen_ai.request.model': model, 'llm.request.type': 'chat' }),
      });
    default:
      return present({
        'gen_ai.operation.name': kind === 'plain' ? undefined : kind,
        ...(asks && {
          [convention === 'legacy' ? 'gen_ai.system' : 'gen_ai.provider.name']: provider,
          'gen_ai.request.model': model,
        }),
        'gen_ai.tool.name': tool,
        'gen_ai.agent.name': agent,
      });
  }
}

/** Attributes that come with the response. Some counts are left out, or wrong. */
export function usageAttributes(node, random) {
  const { convention, model, responseId } = node;
  const input = random.chance(0.04) ? random.pick([-3, '12', 1.5]) : node.input;
  const counts = {
    input: random.chance(0.95) ? input : undefined,
    output: random.chance(0.95) ? node.output : undefined,
    cached: random.chance(0.15) ? random.pick([5, 1000, 9000]) : undefined,
  };
  const id = random.chance(0.6) ? responseId : undefined;
  const answering = random.chance(0.5) ? (random.chance(0.1) ? random.pick(MODELS) : model) : undefined;
  switch (convention) {
    case 'openinference':
      return present({
        'llm.token_count.prompt': counts.input,
        'llm.token_count.completion': counts.output,
        'llm.token_count.prompt_details.cache_read': counts.cached,
        'output.value':
          id === undefined ? undefined : JSON.stringify({ id, model: answering ?? model, choices: [] }),
      });
    case 'ai-sdk':
      return present({
        'ai.usage.inputTokens': counts.input,
        'ai.usage.outputTokens': counts.output,
        'ai.usage.cachedInputTokens': counts.cached,
        'ai.response.id': id,
        'ai.response.model': answering,
      });
    case 'legacy':
      return present({
        'gen_ai.usage.prompt_tokens': counts.input,
        'gen_ai.usage.completion_tokens': counts.output,
        'gen_ai.response.id': id,
        'gen_ai.response.model': answering,
      });
    default:
      return present({
        'gen_ai.usage.input_tokens': counts.input,
        'gen_ai.usage.output_tokens': counts.output,
        'gen_ai.usage.cache_read.input_tokens': counts.cached,
        'gen_ai.usage.total_tokens': random.chance(0.1) ? node.input + node.output : undefined,
        'gen_ai.usage.cost': random.chance(0.07) ? 0.01 : undefined,
        'openai.response.service_tier': random.chance(0.07)
          ? random.pick(['batch', 'default', 'priority'])
          : undefined,
        'gen_ai.response.id': id,
        'gen_ai.response.model': answering,
      });
  }
}

function present(attributes) {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
