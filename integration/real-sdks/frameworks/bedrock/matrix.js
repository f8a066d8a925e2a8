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

const CACHE = {
  scenarios: ['cached', 'streamedCached'],
  reason: 'The spans of InvokeModel have the input beside the cache, and nothing of the cache.',
};

export const EXCEPTIONS = {
  'bedrock-invoke, openllmetry-bedrock, bare': CACHE,
  'bedrock-invoke, openllmetry-bedrock, withTask': CACHE,
};

export const NOT_RUN = [];
