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

export const EXCEPTIONS = {};

export const NOT_RUN = [];
