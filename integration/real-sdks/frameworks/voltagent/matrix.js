/** VoltAgent, with models of AI SDK 6. */
const ROW = { package: '@voltagent/core', title: 'VoltAgent', instrumentations: ['built-in'] };

export const ROWS = [
  {
    ...ROW,
    client: 'openai',
    api: 'OpenAI',
    common: true,
    line: 'new VoltAgentObservability({ spanFilters: { enabled: false }, spanProcessors: [new CostSpanProcessor()] })',
  },
  { ...ROW, client: 'anthropic', api: 'Anthropic' },
  {
    ...ROW,
    client: 'openai-middleware',
    api: 'OpenAI, `withLlm` as middleware of the model',
    modes: ['withLlm'],
  },
];

export const INSTRUMENTATIONS = { 'built-in': { package: '@voltagent/core', variant: 'its own' } };

export const EXCEPTIONS = {
  'openai-middleware, built-in': {
    scenarios: ['aborted'],
    reason:
      "it never ends its agent's span when a stream is broken off, and so no total is stated: put `withTask` around it",
  },
};

export const NOT_RUN = [];
