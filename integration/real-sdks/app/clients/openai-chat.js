import { createRequire } from 'node:module';
import { openaiModel, QUESTION, TOOL } from '../models.js';
import { readAll, scenariosOf } from '../scenarios.js';

const require = createRequire(import.meta.url);

export function createScenarios({ urlOf, call, packageName = 'openai' }) {
  const { OpenAI } = require(packageName);
  const create = (scenario, more) => {
    const client = new OpenAI({ apiKey: 'none', baseURL: urlOf(scenario) });
    const messages = [{ role: 'user', content: QUESTION }];
    const request = { model: openaiModel(scenario), messages, ...more };
    return call({ provider: 'openai', request }, () => client.chat.completions.create(request));
  };
  const stream_options = { include_usage: true };
  return scenariosOf({
    ask: (scenario) => create(scenario),
    stream: (scenario) => create(scenario, { stream: true, stream_options }),
    useTool: async (scenario) => {
      const { run, ...definition } = TOOL;
      const tools = [{ type: 'function', function: definition }];
      const { message } = (await create(scenario, { tools })).choices[0];
      const results = message.tool_calls.map(({ id }) => ({
        role: 'tool',
        tool_call_id: id,
        content: run(),
      }));
      const messages = [{ role: 'user', content: QUESTION }, message, ...results];
      await create(scenario, { tools, messages });
    },
    reasoning: () => create('reasoning'),
    streamedWithoutUsage: async () => readAll(await create('streamedWithoutUsage', { stream: true })),
  });
}
