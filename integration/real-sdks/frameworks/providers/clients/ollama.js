/** Ollama's client; the models run at home. */
import { Ollama } from 'ollama';
import { QUESTION, TOOL } from '../../../app/models.js';
import { scenariosOf } from '../../../app/scenarios.js';

const MODEL = 'llama3.2';

export function createScenarios({ urlOf, call }) {
  const messages = [{ role: 'user', content: QUESTION }];
  const create = (scenario, more) => {
    const request = { model: MODEL, messages, ...more };
    const client = new Ollama({ host: urlOf(scenario) });
    return call({ provider: 'ollama', request }, () => client.chat(request));
  };
  const { run, ...definition } = TOOL;
  const tools = [{ type: 'function', function: definition }];
  const {
    retried: _retried,
    cached: _cached,
    streamedCached: _streamedCached,
    ...scenarios
  } = scenariosOf({
    ask: (scenario) => create(scenario),
    stream: (scenario) => create(scenario, { stream: true }),
    useTool: async (scenario) => {
      const { message } = await create(scenario, { tools });
      const results = message.tool_calls.map(() => ({ role: 'tool', content: run() }));
      await create(scenario, { tools, messages: [...messages, message, ...results] });
    },
  });
  return scenarios;
}
