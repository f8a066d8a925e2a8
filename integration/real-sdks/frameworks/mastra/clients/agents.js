/** Mastra's agents, with a tool or with another agent. Models are the AI SDK's. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { createTool } from '@mastra/core/tools';
import { Observability } from '@mastra/observability';
import { OtelBridge } from '@mastra/otel-bridge';
import { z } from 'zod';
import { ANTHROPIC_MODEL, openaiModel, QUESTION, TOOL } from '../../../app/models.js';
import { readAll, readSome } from '../../../app/scenarios.js';

const MAKERS = {
  openai: (baseURL) => createOpenAI({ apiKey: 'none', baseURL }).responses(openaiModel()),
  anthropic: (baseURL) => createAnthropic({ apiKey: 'none', baseURL })(ANTHROPIC_MODEL),
};

/** @param inModel whether `call` is around each call of the model, else around the agent's run */
export function mastraScenarios({ provider, urlOf, call, hasTelemetry, inModel = false }) {
  const options = { provider, model: provider === 'openai' ? openaiModel() : ANTHROPIC_MODEL };
  const around = inModel ? (_options, fn) => fn() : call;
  const modelOf = (scenario) => {
    const model = MAKERS[provider](urlOf(scenario));
    return inModel ? metered(model, options, call) : model;
  };
  const weather = createTool({
    id: TOOL.name,
    description: TOOL.description,
    inputSchema: z.object({ city: z.string() }),
    execute: async () => TOOL.run(),
  });
  const agentOf = (scenario, more) => {
    const agent = new Agent({
      id: 'guide',
      name: 'guide',
      instructions: 'Answer shortly.',
      model: modelOf(scenario),
      ...more,
    });
    return started({ guide: agent }, hasTelemetry).getAgent('guide');
  };
  const tools = { tools: { [TOOL.name]: weather } };
  const expert = (scenario) => ({
    agents: {
      expert: new Agent({
        id: 'expert',
        name: 'expert',
        description: 'Knows everything.',
        instructions: 'Answer shortly.',
        model: modelOf(scenario),
      }),
    },
  });
  const ask = (scenario, more) => around(options, () => agentOf(scenario, more).generate(QUESTION));
  const stream = async (scenario, more) => {
    const result = await around(options, () => agentOf(scenario, more).stream(QUESTION));
    return result.textStream;
  };
  return {
    plain: () => ask('plain'),
    cached: () => ask('cached'),
    streamed: async () => readAll(await stream('streamed')),
    streamedCached: async () => readAll(await stream('streamedCached')),
    aborted: async () => readSome(await stream('aborted')),
    tools: () => ask('tools', tools),
    streamedTools: async () => readAll(await stream('streamedTools', tools)),
    subAgent: () => ask('subAgent', expert('subAgent')),
    streamedSubAgent: async () => readAll(await stream('streamedSubAgent', expert('streamedSubAgent'))),
  };
}

function started(agents, hasTelemetry) {
  const configs = { otel: { serviceName: 'app', bridge: new OtelBridge() } };
  return new Mastra({
    agents,
    logger: false,
    ...(hasTelemetry && { observability: new Observability({ configs }) }),
  });
}

// recipe: Mastra without its bridge: a model of the AI SDK
function metered(model, options, call) {
  const { doGenerate, doStream } = model;
  model.doGenerate = (...given) => call(options, () => doGenerate.apply(model, given));
  model.doStream = (...given) => call(options, () => doStream.apply(model, given));
  return model;
}
// end of recipe
