/** Claude Agent SDK. */
const ROW = {
  package: '@anthropic-ai/claude-agent-sdk',
  title: 'Claude Agent SDK',
  instrumentations: ['none', 'openinference'],
};

export const ROWS = [
  {
    ...ROW,
    client: 'query',
    api: 'query(), read outside of `withLlm`',
    common: true,
    line: "for await (const message of withLlm({ provider: 'anthropic' }, () => query({ prompt, options }))) …",
  },
  { ...ROW, client: 'result', api: 'query(), its last message returned from `withLlm`' },
];

export const INSTRUMENTATIONS = {
  openinference: { package: '@arizeai/openinference-instrumentation-claude-agent-sdk' },
};

export const EXCEPTIONS = {};

export const NOT_RUN = [];
