const row = {
  package: 'llamaindex',
  title: 'LlamaIndex.TS, `llamaindex`',
  instrumentations: ['none', 'openllmetry-llamaindex'],
  line: 'llm.chat = wrapLlm(options, llm.chat.bind(llm))',
};

export const ROWS = [
  { ...row, client: 'openai', api: 'agents, OpenAI', common: true },
  { ...row, client: 'anthropic', api: 'agents, Anthropic' },
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
