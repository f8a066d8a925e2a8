const row = {
  package: 'genkit',
  title: 'Genkit, `genkit`',
  instrumentations: ['genkit-built-in'],
  line: 'ai.generate({ ...request, use: [(request, next) => withLlm(options, () => next(request))] })',
};

export const ROWS = [
  { ...row, client: 'generate-openai', api: 'generate in a flow, compat-oai' },
  { ...row, client: 'generate-anthropic', api: 'generate in a flow, @genkit-ai/anthropic' },
  { ...row, client: 'middleware-openai', api: 'model middleware, compat-oai', common: true },
  { ...row, client: 'middleware-anthropic', api: 'model middleware, @genkit-ai/anthropic' },
];

export const INSTRUMENTATIONS = { 'genkit-built-in': { package: 'genkit' } };

export const EXCEPTIONS = {};
