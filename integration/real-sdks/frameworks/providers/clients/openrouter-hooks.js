/** OpenRouter's `callModel` with each call of the loop recorded in a hook. */
import { OpenRouter, tool } from '@openrouter/agent';
import { recordUsage } from 'otel-agent-cost';
import { z } from 'zod';
import { QUESTION, TOOL } from '../../../app/models.js';
import { readAll } from '../../../app/scenarios.js';
import { OPENROUTER_MODEL } from './openrouter.js';

// recipe: @openrouter/agent
function record({ model, usage }) {
  const { inputTokens, outputTokens, cachedTokens, reasoningTokens, cost } = usage ?? {};
  recordUsage({
    provider: 'openrouter',
    model,
    inputTokens,
    outputTokens,
    cacheReadTokens: cachedTokens,
    reasoningTokens,
    costUsd: cost,
  });
}

const hooks = { PostModelCall: [{ handler: record }] };
// end of recipe

export function createScenarios({ urlOf }) {
  const weather = tool({
    name: TOOL.name,
    description: TOOL.description,
    inputSchema: z.object({ city: z.string() }),
    execute: async () => ({ weather: TOOL.run() }),
  });
  const start = (scenario, more) => {
    const client = new OpenRouter({ apiKey: 'none', serverURL: `${urlOf(scenario)}/openrouter` });
    return client.callModel({ model: OPENROUTER_MODEL, input: QUESTION, hooks, ...more });
  };
  return {
    plain: () => start('plain').getResponse(),
    cached: () => start('cached').getResponse(),
    streamed: () => readAll(start('streamed').getTextStream()),
    tools: () => start('tools', { tools: [weather] }).getResponse(),
    streamedTools: () => readAll(start('streamedTools', { tools: [weather] }).getTextStream()),
  };
}
