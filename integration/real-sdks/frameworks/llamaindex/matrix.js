const row = {
  package: 'llamaindex',
  title: 'LlamaIndex.TS, `llamaindex`',
  instrumentations: ['none', 'openllmetry-llamaindex'],
};

export const ROWS = [
  {
    ...row,
    client: 'openai',
    api: 'agents, OpenAI',
    common: true,
    line: "llm.chat = wrapLlm({ provider: 'openai' }, llm.chat.bind(llm))",
  },
  {
    ...row,
    client: 'anthropic',
    api: 'agents, Anthropic',
    line: "messages.create = wrapLlm({ provider: 'anthropic' }, messages.create.bind(messages))",
  },
];

export const INSTRUMENTATIONS = {
  'openllmetry-llamaindex': { package: '@traceloop/instrumentation-llamaindex' },
};

export const EXCEPTIONS = {};

export const NOT_RUN = [
  {
    name: '`@arizeai/openinference-instrumentation-llama-index` 0.0.12',
    reason: 'its entry file exports nothing, so there is nothing to register.',
  },
];
