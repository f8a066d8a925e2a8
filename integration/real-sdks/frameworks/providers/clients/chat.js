/** Clients of the same make as OpenAI's, with `chat.completions.create`. */
import { QUESTION, TOOL } from '../../../app/models.js';
import { scenariosOf } from '../../../app/scenarios.js';

/** @param streamOptions what a stream needs to tell its usage */
export function chatScenarios({ call, provider, model, clientFor, streamOptions }) {
  const messages = [{ role: 'user', content: QUESTION }];
  const create = (scenario, more) => {
    const request = { model, messages, ...more };
    return call({ provider, request }, () => clientFor(scenario).chat.completions.create(request));
  };
  const { run, ...definition } = TOOL;
  const tools = [{ type: 'function', function: definition }];
  return scenariosOf({
    ask: (scenario) => create(scenario),
    stream: (scenario) => create(scenario, { stream: true, ...streamOptions }),
    reasoning: () => create('reasoning'),
    useTool: async (scenario) => {
      const { message } = (await create(scenario, { tools })).choices[0];
      const results = message.tool_calls.map(({ id }) => ({
        role: 'tool',
        tool_call_id: id,
        content: run(),
      }));
      await create(scenario, { tools, messages: [...messages, message, ...results] });
    },
  });
}
