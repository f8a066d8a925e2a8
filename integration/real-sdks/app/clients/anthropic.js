import { createRequire } from 'node:module';
import { ANTHROPIC_MODEL, QUESTION, TOOL } from '../models.js';
import { scenariosOf } from '../scenarios.js';

const require = createRequire(import.meta.url);

export function createScenarios({ urlOf, call }) {
  const { Anthropic } = require('@anthropic-ai/sdk');
  const requestOf = (more) => ({
    model: ANTHROPIC_MODEL,
    max_tokens: 1024,
    messages: [{ role: 'user', content: QUESTION }],
    ...more,
  });
  const clientOf = (scenario) => new Anthropic({ apiKey: 'none', baseURL: urlOf(scenario) });
  const create = (scenario, more) => {
    const request = requestOf(more);
    return call({ provider: 'anthropic', request }, () => clientOf(scenario).messages.create(request));
  };
  return scenariosOf({
    ask: (scenario) => create(scenario),
    stream: (scenario) => create(scenario, { stream: true }),
    useTool: async (scenario) => {
      const { name, description, parameters, run } = TOOL;
      const tools = [{ name, description, input_schema: parameters }];
      const { content } = await create(scenario, { tools });
      const results = content.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: run() }));
      const turns = [
        { role: 'assistant', content },
        { role: 'user', content: results },
      ];
      await create(scenario, { tools, messages: [{ role: 'user', content: QUESTION }, ...turns] });
    },
    // The helper that gathers a streamed message has events of its own.
    streamedHelper: () => {
      const request = requestOf();
      return call({ provider: 'anthropic', request }, () =>
        clientOf('streamedHelper').messages.stream(request).finalMessage(),
      );
    },
  });
}
