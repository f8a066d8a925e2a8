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

export const EXCEPTIONS = {};

export const NOT_RUN = [];
