const row = {
  package: '@mastra/core',
  title: 'Mastra, `@mastra/core`',
  instrumentations: ['none', 'mastra-otel-bridge'],
  line: 'new Observability({ configs: { otel: { serviceName, bridge: new OtelBridge() } } })',
  env: { MASTRA_TELEMETRY_DISABLED: 'true' },
};

export const ROWS = [
  { ...row, client: 'agent-openai', api: 'agents, `withLlm` around the run, OpenAI', common: true },
  { ...row, client: 'agent-anthropic', api: 'agents, `withLlm` around the run, Anthropic' },
  { ...row, client: 'model-openai', api: 'agents, `withLlm` around the model, OpenAI' },
];

export const INSTRUMENTATIONS = { 'mastra-otel-bridge': { package: '@mastra/otel-bridge' } };

const INSIDE = {
  scenarios: ['subAgent'],
  reason:
    'What an agent inside an agent used is in no result; the spans of the bridge show it, and so does the model.',
};

export const EXCEPTIONS = {
  'agent-openai, none, withLlm': INSIDE,
  'agent-anthropic, none, withLlm': INSIDE,
};
