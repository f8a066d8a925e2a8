/** OpenRouter's own client. */
import { OpenRouter } from '@openrouter/sdk';
import { QUESTION, TOOL } from '../../../app/models.js';
import { scenariosOf } from '../../../app/scenarios.js';

export const OPENROUTER_MODEL = 'openai/gpt-4o-mini';

export function openRouterFor(url) {
  return new OpenRouter({
    apiKey: 'none',
    serverURL: `${url}/openrouter`,
    retryConfig: {
      strategy: 'backoff',
      backoff: { initialInterval: 1, maxInterval: 5, exponent: 1, maxElapsedTime: 2000 },
    },
  });
}

export function createScenarios({ urlOf, call }) {
  const messages = [{ role: 'user', content: QUESTION }];
  const send = (scenario, more) => {
    const request = { model: OPENROUTER_MODEL, messages, ...more };
    return call({ provider: 'openrouter', request }, () =>
      openRouterFor(urlOf(scenario)).chat.send({ chatRequest: request }),
    );
  };
  const { run, ...definition } = TOOL;
  const tools = [{ type: 'function', function: definition }];
  const { retried: _retried, ...scenarios } = scenariosOf({
    ask: (scenario) => send(scenario),
    stream: (scenario) => send(scenario, { stream: true }),
    useTool: async (scenario) => {
      const { message } = (await send(scenario, { tools })).choices[0];
      const results = message.toolCalls.map(({ id }) => ({ role: 'tool', toolCallId: id, content: run() }));
      await send(scenario, { tools, messages: [...messages, message, ...results] });
    },
  });
  return scenarios;
}
