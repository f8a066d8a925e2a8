const VERSIONS = {
  5: { instrumentations: ['ai5-telemetry'], agent: 'Experimental_Agent' },
  6: { instrumentations: ['ai6-telemetry'], agent: 'ToolLoopAgent' },
  7: { instrumentations: ['ai7-otel', 'ai7-otel-legacy'], agent: 'ToolLoopAgent' },
};

const MIDDLEWARE =
  'wrapLanguageModel({ model, middleware: { wrapGenerate: ({ doGenerate }) => withLlm(options, () => doGenerate()), wrapStream: ({ doStream }) => withLlm(options, () => doStream()) } })';

export const ROWS = Object.entries(VERSIONS).flatMap(([version, { instrumentations, agent }]) => {
  const row = {
    package: `ai@${version}`,
    installed: `ai${version}`,
    title: 'AI SDK, `ai`',
    line: MIDDLEWARE,
  };
  const all = ['none', ...instrumentations];
  return [
    {
      ...row,
      client: `ai${version}-openai`,
      api: `${agent}, OpenAI`,
      instrumentations: all,
      common: version !== '5',
    },
    { ...row, client: `ai${version}-anthropic`, api: `${agent}, Anthropic`, instrumentations: all },
    {
      ...row,
      client: `ai${version}-middleware`,
      api: 'wrapLanguageModel, OpenAI',
      instrumentations: all,
      common: true,
    },
  ];
});

export const INSTRUMENTATIONS = {
  'ai5-telemetry': { package: 'ai', installed: 'ai5' },
  'ai6-telemetry': { package: 'ai', installed: 'ai6' },
  'ai7-otel': { package: '@ai-sdk/otel' },
  'ai7-otel-legacy': { package: '@ai-sdk/otel', variant: 'LegacyOpenTelemetry' },
};

export const EXCEPTIONS = {};
