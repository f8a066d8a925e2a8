/** The providers' own clients. */
export const ROWS = [
  {
    client: 'genai',
    package: '@google/genai',
    api: 'generateContent',
    instrumentations: ['none', 'openllmetry-genai'],
    common: true,
    line: "withLlm({ provider: 'google', request }, () => ai.models.generateContent(request))",
  },
  { client: 'genai-chat', package: '@google/genai', api: 'chats', instrumentations: ['none'] },
  {
    client: 'genai-automatic',
    package: '@google/genai',
    api: 'automatic function calling',
    instrumentations: ['none'],
  },
  {
    client: 'mistral',
    package: '@mistralai/mistralai',
    api: 'chat',
    instrumentations: ['none', 'mistral-built-in'],
    line: "withLlm({ provider: 'mistral_ai', request }, () => mistral.chat.complete(request))",
  },
  {
    client: 'cohere',
    package: 'cohere-ai',
    api: 'chat, version 2',
    instrumentations: ['none'],
    line: "withLlm({ provider: 'cohere', request }, () => cohere.chat(request))",
  },
  {
    client: 'groq',
    package: 'groq-sdk',
    api: 'chat completions',
    instrumentations: ['none'],
    line: "withLlm({ provider: 'groq', request }, () => groq.chat.completions.create(request))",
  },
  {
    client: 'ollama',
    package: 'ollama',
    api: 'chat',
    instrumentations: ['none'],
    line: "withLlm({ provider: 'ollama', request }, () => ollama.chat(request))",
  },
  {
    client: 'openrouter',
    package: '@openrouter/sdk',
    api: 'chat',
    instrumentations: ['none'],
    line: "withLlm({ provider: 'openrouter', request }, () => openRouter.chat.send({ chatRequest: request }))",
  },
  {
    client: 'openrouter-agent',
    package: '@openrouter/agent',
    api: 'callModel, `withLlm` around the loop',
    instrumentations: ['none'],
  },
  {
    client: 'openrouter-hooks',
    package: '@openrouter/agent',
    api: 'callModel, with `recordUsage` in a hook',
    instrumentations: ['none'],
    modes: ['bare', 'withTask'],
  },
  {
    client: 'openrouter-openai',
    package: 'openai',
    title: 'openai, against OpenRouter',
    api: 'chat completions',
    instrumentations: ['none'],
    line: "withLlm({ provider: 'openrouter', request }, () => openai.chat.completions.create(request))",
  },
  {
    client: 'openai-run-tools',
    package: 'openai',
    api: 'runTools, `withLlm` around the loop',
    instrumentations: ['none'],
  },
  {
    client: 'openai-run-tools-wrapped',
    package: 'openai',
    api: 'runTools, with `wrapLlm` around `create`',
    instrumentations: ['none'],
    modes: ['bare', 'withTask'],
  },
  {
    client: 'openai-azure',
    package: 'openai',
    title: 'openai, against Azure',
    api: 'chat completions',
    instrumentations: ['none'],
    line: "withLlm({ provider: 'azure', request }, () => azure.chat.completions.create(request))",
  },
  {
    client: 'xai',
    package: 'openai',
    title: 'openai, against xAI',
    api: 'chat completions',
    instrumentations: ['none'],
    line: "withLlm({ provider: 'x_ai', request }, () => openai.chat.completions.create(request))",
  },
  {
    client: 'anthropic-tool-runner',
    package: '@anthropic-ai/sdk',
    api: 'tool runner, `withLlm` around the loop',
    instrumentations: ['none', 'anthropic-built-in'],
  },
  {
    client: 'anthropic-tool-runner-wrapped',
    package: '@anthropic-ai/sdk',
    api: 'tool runner, with `wrapLlm` around `create`',
    instrumentations: ['none'],
    modes: ['bare', 'withTask'],
  },
];

export const INSTRUMENTATIONS = {
  'openllmetry-genai': { package: '@traceloop/instrumentation-google-generativeai' },
  'anthropic-built-in': { package: '@anthropic-ai/sdk' },
  'mistral-built-in': { package: '@mistralai/mistralai' },
};

const LAST_OF_LOOP =
  'The app hands over the last response of a loop. It does not say that others came before.';

export const EXCEPTIONS = {
  'openai-run-tools, none, withLlm': { scenarios: ['tools'], reason: LAST_OF_LOOP },
  'openrouter-agent, none, withLlm': { scenarios: ['tools'], reason: LAST_OF_LOOP },
};

export const NOT_RUN = [];
