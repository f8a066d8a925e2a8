/** Strands Agents for TypeScript. */
const ROW = { package: '@strands-agents/sdk', title: 'Strands Agents', instrumentations: ['built-in'] };

export const ROWS = [
  {
    ...ROW,
    client: 'openai',
    api: 'OpenAIModel, chat completions',
    common: true,
    line: "withTask('answer', () => agent.invoke(prompt))",
  },
  { ...ROW, client: 'openai-responses', api: 'OpenAIModel, responses' },
  { ...ROW, client: 'anthropic', api: 'AnthropicModel' },
];

export const INSTRUMENTATIONS = { 'built-in': { package: '@strands-agents/sdk', variant: 'its own' } };

export const EXCEPTIONS = {};

export const NOT_RUN = [];
