/** OpenRouter's `callModel`: a loop of calls behind one result. */
import { OpenRouter, tool } from '@openrouter/agent';
import { z } from 'zod';
import { QUESTION, TOOL } from '../../../app/models.js';
import { readAll } from '../../../app/scenarios.js';
import { OPENROUTER_MODEL } from './openrouter.js';

export function createScenarios({ urlOf, call }) {
  const options = { provider: 'openrouter', model: OPENROUTER_MODEL };
  const weather = tool({
    name: TOOL.name,
    description: TOOL.description,
    inputSchema: z.object({ city: z.string() }),
    execute: async () => ({ weather: TOOL.run() }),
  });
  const start = (scenario, more) =>
    new OpenRouter({ apiKey: 'none', serverURL: `${urlOf(scenario)}/openrouter` }).callModel({
      model: OPENROUTER_MODEL,
      input: QUESTION,
      ...more,
    });
  const run = (scenario, more) => call(options, () => start(scenario, more).getResponse());
  const stream = async (scenario, more) => {
    const result = await call(options, () => start(scenario, more));
    await readAll(result.getTextStream());
  };
  return {
    plain: () => run('plain'),
    cached: () => run('cached'),
    streamed: () => stream('streamed'),
    tools: () => run('tools', { tools: [weather] }),
    streamedTools: () => stream('streamedTools', { tools: [weather] }),
  };
}
