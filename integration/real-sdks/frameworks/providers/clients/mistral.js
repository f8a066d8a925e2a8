/** Mistral's client, which makes spans of its own. */
import { Mistral } from '@mistralai/mistralai';
import { QUESTION, TOOL } from '../../../app/models.js';
import { scenariosOf } from '../../../app/scenarios.js';

const MODEL = 'mistral-large-2411';

export function createScenarios({ urlOf, call }) {
  const clientFor = (scenario) =>
    new Mistral({
      apiKey: 'none',
      serverURL: `${urlOf(scenario)}/mistral`,
      retryConfig: {
        strategy: 'backoff',
        backoff: { initialInterval: 1, maxInterval: 5, exponent: 1, maxElapsedTime: 2000 },
      },
    });
  const messages = [{ role: 'user', content: QUESTION }];
  const create = (scenario, more) => {
    const request = { model: MODEL, messages, ...more };
    return call({ provider: 'mistral_ai', request }, () => clientFor(scenario).chat.complete(request));
  };
  const { run, ...definition } = TOOL;
  const tools = [{ type: 'function', function: definition }];
  return scenariosOf({
    ask: (scenario) => create(scenario),
    stream: (scenario) => {
      const request = { model: MODEL, messages };
      return call({ provider: 'mistral_ai', request }, () => clientFor(scenario).chat.stream(request));
    },
    useTool: async (scenario) => {
      const { choices } = await create(scenario, { tools });
      const { message } = choices[0];
      const results = message.toolCalls.map(({ id }) => ({ role: 'tool', toolCallId: id, content: run() }));
      await create(scenario, { tools, messages: [...messages, message, ...results] });
    },
  });
}
