/** Amazon Bedrock's Converse and ConverseStream. */
const INSTRUMENTED = [
  'none',
  'opentelemetry-aws',
  'openllmetry-bedrock',
  'openinference-bedrock',
  'opentelemetry-aws+openinference-bedrock',
];

const PACKAGE = '@aws-sdk/client-bedrock-runtime';

export const ROWS = [
  {
    client: 'bedrock',
    package: PACKAGE,
    api: 'Converse, profile of a region',
    instrumentations: INSTRUMENTED,
    common: true,
    line: "withLlm({ provider: 'aws.bedrock', model: modelId }, () => client.send(new ConverseCommand({ modelId, messages })))",
  },
  {
    client: 'bedrock-global',
    package: PACKAGE,
    api: 'Converse, global profile',
    instrumentations: INSTRUMENTED,
  },
  {
    client: 'bedrock-haiku',
    package: PACKAGE,
    api: 'Converse, model of a region',
    instrumentations: ['openinference-bedrock', 'opentelemetry-aws+openinference-bedrock'],
  },
  {
    client: 'bedrock-nova',
    package: PACKAGE,
    api: 'Converse, Nova',
    instrumentations: INSTRUMENTED,
  },
  {
    client: 'bedrock-invoke',
    package: PACKAGE,
    api: 'InvokeModel, Anthropic',
    instrumentations: ['none', 'opentelemetry-aws', 'openllmetry-bedrock', 'openinference-bedrock'],
  },
];

export const INSTRUMENTATIONS = {
  'opentelemetry-aws': { package: '@opentelemetry/instrumentation-aws-sdk' },
  'openllmetry-bedrock': { package: '@traceloop/instrumentation-bedrock' },
  'openinference-bedrock': { package: '@arizeai/openinference-instrumentation-bedrock' },
};

/** The same for several rows. */
function listed(rows, modes, scenarios, reason) {
  const keys = rows.flatMap((row) => modes.map((mode) => `${row}, ${mode}`));
  return Object.fromEntries(keys.map((key) => [key, { scenarios, reason }]));
}

const UNWRAPPED = ['bare', 'withTask'];

export const EXCEPTIONS = {
  ...listed(
    ['bedrock', 'bedrock-global', 'bedrock-nova'].map((client) => `${client}, opentelemetry-aws`),
    UNWRAPPED,
    ['cached', 'streamedCached'],
    'The span has the input beside the cache, and nothing of the cache.',
  ),
  ...listed(
    ['bedrock-invoke, openllmetry-bedrock'],
    UNWRAPPED,
    ['cached', 'streamedCached'],
    'The span has the input beside the cache, and nothing of the cache.',
  ),
  ...listed(
    ['bedrock-invoke, opentelemetry-aws'],
    UNWRAPPED,
    ['cached', 'streamed', 'streamedCached'],
    'The span has nothing of the cache, and of a stream the output that was stated at its start.',
  ),
  ...listed(
    ['bedrock-haiku, opentelemetry-aws+openinference-bedrock'],
    [...UNWRAPPED, 'withLlm'],
    ['plain', 'streamed', 'aborted', 'tools', 'retried', 'parallel'],
    'Two spans of one call stand beside each other, and nothing on them says that they are of one.',
  ),
};

export const NOT_RUN = [];
