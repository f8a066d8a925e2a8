/** Cohere's client, version 2 of its API. */
import { CohereClientV2 } from 'cohere-ai';
import { QUESTION, TOOL } from '../../../app/models.js';
import { scenariosOf } from '../../../app/scenarios.js';

const MODEL = 'command-r-plus-08-2024';

export function createScenarios({ urlOf, call }) {
  const clientFor = (scenario) => new CohereClientV2({ token: 'none', environment: urlOf(scenario) });
  const messages = [{ role: 'user', content: QUESTION }];
  const create = (scenario, more) => {
    const request = { model: MODEL, messages, ...more };
    return call({ provider: 'cohere', request }, () => clientFor(scenario).chat(request));
  };
  const { run, ...definition } = TOOL;
  const tools = [{ type: 'function', function: definition }];
  const { retried: _retried, ...scenarios } = scenariosOf({
    ask: (scenario) => create(scenario),
    stream: (scenario) => {
      const request = { model: MODEL, messages };
      return call({ provider: 'cohere', request }, () => clientFor(scenario).chatStream(request));
    },
    useTool: async (scenario) => {
      const { message } = await create(scenario, { tools });
      const results = message.toolCalls.map(({ id }) => ({ role: 'tool', toolCallId: id, content: run() }));
      await create(scenario, { tools, messages: [...messages, message, ...results] });
    },
  });
  return scenarios;
}
