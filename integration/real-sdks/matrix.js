/** Which client runs with which instrumentation. */

/** Every client, with the package under test and the API it is used with. */
export const CLIENTS = {
  'openai-chat': {
    package: 'openai',
    api: 'chat completions',
    line: "withLlm({ provider: 'openai', request }, () => openai.chat.completions.create(request))",
  },
  'openai-responses': {
    package: 'openai',
    api: 'responses',
    line: "withLlm({ provider: 'openai', request }, () => openai.responses.create(request))",
  },
  'openai6-chat': { package: 'openai', installed: 'openai6', api: 'chat completions' },
  'openai6-responses': { package: 'openai', installed: 'openai6', api: 'responses' },
  anthropic: {
    package: '@anthropic-ai/sdk',
    api: 'messages',
    line: "withLlm({ provider: 'anthropic', request }, () => anthropic.messages.create(request))",
  },
  'ai-sdk-6-openai': { package: 'ai', installed: 'ai6', api: 'OpenAI' },
  'ai-sdk-6-anthropic': { package: 'ai', installed: 'ai6', api: 'Anthropic' },
  'ai-sdk-7-openai': {
    package: 'ai',
    installed: 'ai7',
    api: 'OpenAI',
    line: "withLlm({ provider: 'openai', model: 'gpt-4o-mini' }, () => generateText({ model: openai('gpt-4o-mini'), prompt }))",
  },
  'ai-sdk-7-anthropic': { package: 'ai', installed: 'ai7', api: 'Anthropic' },
  'langchain-openai': {
    package: '@langchain/core',
    api: 'ChatOpenAI',
    line: "withLlm({ provider: 'openai', model: 'gpt-4o-mini' }, () => chatModel.invoke(messages))",
  },
  'langchain-anthropic': { package: '@langchain/core', api: 'ChatAnthropic' },
  'openai-agents': {
    package: '@openai/agents',
    api: 'responses',
    line: "responses.create = wrapLlm({ provider: 'openai' }, responses.create.bind(responses))",
  },
};

const OPENAI = ['openai-chat', 'openai-responses'];
const OPENAI_6 = ['openai6-chat', 'openai6-responses'];
const AI_SDK_6 = ['ai-sdk-6-openai', 'ai-sdk-6-anthropic'];
const AI_SDK_7 = ['ai-sdk-7-openai', 'ai-sdk-7-anthropic'];
const LANGCHAIN = ['langchain-openai', 'langchain-anthropic'];

/** Every instrumentation by the package that makes its spans, and the clients it is tried with. */
export const INSTRUMENTATIONS = {
  none: { clients: [...OPENAI, 'anthropic', ...AI_SDK_6, ...AI_SDK_7, ...LANGCHAIN, 'openai-agents'] },
  'opentelemetry-openai': {
    package: '@opentelemetry/instrumentation-openai',
    clients: [...OPENAI, ...OPENAI_6],
  },
  'openllmetry-openai': { package: '@traceloop/instrumentation-openai', clients: [...OPENAI, ...OPENAI_6] },
  'openinference-openai': {
    package: '@arizeai/openinference-instrumentation-openai',
    clients: [...OPENAI, ...OPENAI_6],
  },
  'anthropic-built-in': { package: '@anthropic-ai/sdk', clients: ['anthropic'] },
  'openllmetry-anthropic': { package: '@traceloop/instrumentation-anthropic', clients: ['anthropic'] },
  'openinference-anthropic': {
    package: '@arizeai/openinference-instrumentation-anthropic',
    clients: ['anthropic'],
  },
  'ai-sdk-6-telemetry': { package: 'ai', installed: 'ai6', clients: AI_SDK_6 },
  'ai-sdk-7-otel': { package: '@ai-sdk/otel', clients: AI_SDK_7 },
  'ai-sdk-7-otel-legacy': { package: '@ai-sdk/otel', variant: 'LegacyOpenTelemetry', clients: AI_SDK_7 },
  'openinference-langchain': {
    package: '@arizeai/openinference-instrumentation-langchain',
    clients: LANGCHAIN,
  },
  'openllmetry-langchain': { package: '@traceloop/instrumentation-langchain', clients: LANGCHAIN },
  'openinference-agents': {
    package: '@arizeai/openinference-instrumentation-openai-agents',
    clients: ['openai-agents'],
  },
  'anthropic-built-in+openinference-anthropic': { clients: ['anthropic'] },
  'openinference-langchain+openinference-openai': { clients: ['langchain-openai'] },
  'openinference-agents+openinference-openai': { clients: ['openai-agents'] },
};

/** Every pair, bare and inside `withLlm`. */
export const PAIRS = Object.entries(INSTRUMENTATIONS).flatMap(([instrumentation, { clients }]) =>
  clients.flatMap((client) => [false, true].map((wrapped) => ({ client, instrumentation, wrapped }))),
);

export function pairName({ client, instrumentation, wrapped }) {
  return `${client}, ${instrumentation}, ${wrapped ? 'withLlm' : 'bare'}`;
}

/**
 * What cannot be right, because the spans do not say which of them are one call, or say more than was served. Listed
 * here and in the support table; an entry that came out right is a failure.
 */
export const EXCEPTIONS = {
  'langchain-anthropic, openllmetry-langchain': {
    scenarios: ['streamed', 'streamedCached'],
    verdict: 'as recorded',
  },
};
