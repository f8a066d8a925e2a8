import { createRequire } from 'node:module';
import { openaiModel, QUESTION, TOOL } from '../models.js';
import { scenariosOf } from '../scenarios.js';

const require = createRequire(import.meta.url);

export function createScenarios({ urlOf, call, packageName = 'openai' }) {
  const { OpenAI } = require(packageName);
  const create = (scenario, more) => {
    const client = new OpenAI({ apiKey: 'none', baseURL: urlOf(scenario) });
    const request = { model: openaiModel(scenario), input: QUESTION, ...more };
    return call({ provider: 'openai', request }, () => client.responses.create(request));
  };
  return scenariosOf({
    ask: (scenario) => create(scenario),
    stream: (scenario) => create(scenario, { stream: true }),
    useTool: async (scenario) => {
      const { run, ...definition } = TOOL;
      const tools = [{ type: 'function', strict: true, ...definition }];
      const { output } = await create(scenario, { tools });
      const results = output.map(({ call_id }) => ({ type: 'function_call_output', call_id, output: run() }));
      await create(scenario, { tools, input: [{ role: 'user', content: QUESTION }, ...output, ...results] });
    },
    reasoning: () => create('reasoning'),
  });
}
