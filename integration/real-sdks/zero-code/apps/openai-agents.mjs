import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import { openaiModel, QUESTION, TOOL } from '../../app/models.js';
import { readAll } from '../../app/scenarios.js';
import { run, urlOf } from './run.js';

const weather = tool({ ...TOOL, strict: true, execute: () => TOOL.run() });
const ask = (scenario, tools, options) => {
  const modelProvider = new OpenAIProvider({ apiKey: 'none', baseURL: urlOf(scenario), useResponses: true });
  const agent = new Agent({
    name: 'guide',
    instructions: 'Answer shortly.',
    model: openaiModel(scenario),
    tools,
  });
  return new Runner({ modelProvider }).run(agent, QUESTION, options);
};

await run({
  plain: () => ask('plain', []),
  cached: () => ask('cached', []),
  streamed: async () => readAll(await ask('streamed', [], { stream: true })),
  tools: () => ask('tools', [weather]),
});
