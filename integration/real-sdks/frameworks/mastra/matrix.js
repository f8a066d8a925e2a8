const row = {
  package: '@mastra/core',
  title: 'Mastra, `@mastra/core`',
  instrumentations: ['none', 'mastra-otel-bridge'],
  line: 'new Observability({ configs: { otel: { serviceName, bridge: new OtelBridge() } } })',
  env: { MASTRA_TELEMETRY_DISABLED: 'true' },
};

export const ROWS = [
  { ...row, client: 'agent-openai', api: 'agents, OpenAI', common: true },
  { ...row, client: 'agent-anthropic', api: 'agents, Anthropic' },
  { ...row, client: 'model-openai', api: 'model around which `withLlm` is, OpenAI' },
];

export const INSTRUMENTATIONS = { 'mastra-otel-bridge': { package: '@mastra/otel-bridge' } };

export const EXCEPTIONS = {};
