const LINE = 'ChatOpenAI.prototype.invoke = wrapLlm({ provider: "openai" }, ChatOpenAI.prototype.invoke)';

const row = {
  package: '@langchain/langgraph',
  title: 'LangGraph, `@langchain/langgraph`',
  instrumentations: ['none', 'openinference-langchain', 'openllmetry-langchain'],
  line: LINE,
  // Else LangChain tells its tracers in the background, and so of parallel calls below each other's spans.
  env: { LANGCHAIN_CALLBACKS_BACKGROUND: 'false' },
};

export const ROWS = [
  { ...row, client: 'react-openai', api: 'createReactAgent, ChatOpenAI' },
  { ...row, client: 'react-anthropic', api: 'createReactAgent, ChatAnthropic' },
  { ...row, client: 'supervisor-openai', api: 'createSupervisor, ChatOpenAI', common: true },
  { ...row, client: 'supervisor-anthropic', api: 'createSupervisor, ChatAnthropic' },
];

export const INSTRUMENTATIONS = {
  'openinference-langchain': { package: '@arizeai/openinference-instrumentation-langchain' },
  'openllmetry-langchain': { package: '@traceloop/instrumentation-langchain' },
};

export const EXCEPTIONS = {};
