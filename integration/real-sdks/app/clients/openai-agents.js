/** OpenAI's agents. Their calls are reached where they are made: at the client that they are given. */
import { createRequire } from 'node:module';
import { openaiModel, QUESTION, TOOL } from '../models.js';
import { scenariosOf } from '../scenarios.js';

const require = createRequire(import.meta.url);

export function createScenarios({ urlOf, call, instrumentation }) {
  const agents = require('@openai/agents');
  const { OpenAI } = require('openai');
  // Without another destination its traces would go to OpenAI.
  if (instrumentation === 'none') agents.setTracingDisabled(true);
  const weather = agents.tool({ ...TOOL, strict: true, execute: () => TOOL.run() });
  const run = (scenario, more, options) => {
    const openAIClient = new OpenAI({ apiKey: 'none', baseURL: urlOf(scenario) });
    const { responses } = openAIClient;
    const create = responses.create.bind(responses);
    responses.create = (request, ...rest) =>
      call({ provider: 'openai', request }, () => create(request, ...rest));
    const modelProvider = new agents.OpenAIProvider({ openAIClient, useResponses: true });
    const agent = new agents.Agent({
      name: 'guide',
      instructions: 'Answer shortly.',
      model: openaiModel(scenario),
      ...more,
    });
    return new agents.Runner({ modelProvider }).run(agent, QUESTION, options);
  };
  return scenariosOf({
    ask: (scenario) => run(scenario),
    stream: (scenario) => run(scenario, {}, { stream: true }),
    useTool: (scenario) => run(scenario, { tools: [weather] }),
    reasoning: () => run('reasoning'),
  });
}
