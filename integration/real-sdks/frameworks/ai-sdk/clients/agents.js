/** Agents of the AI SDK, of any version, with a tool or with another agent behind a tool. */
import { z } from 'zod';
import { ANTHROPIC_MODEL, openaiModel, QUESTION, TOOL } from '../../../app/models.js';
import { readAll, readSome } from '../../../app/scenarios.js';

const MODELS = { openai: openaiModel(), anthropic: ANTHROPIC_MODEL };

/** 5 and 6 make spans only where they are asked to; in 7 whatever was registered does. */
const TELEMETRY = { experimental_telemetry: { isEnabled: true } };

/**
 * @param sdk the module `ai`
 * @param makers of the provider packages: `{ openai, anthropic }`
 * @param modelOf may put something around the model
 */
export function agentScenarios({
  sdk,
  makers,
  provider,
  urlOf,
  call,
  hasTelemetry,
  modelOf = (model) => model,
}) {
  const LoopAgent = sdk.ToolLoopAgent ?? sdk.Experimental_Agent;
  const options = { provider, model: MODELS[provider] };
  const modelFor = (scenario) => {
    const client = makers[provider]({ apiKey: 'none', baseURL: urlOf(scenario) });
    return modelOf(client(options.model));
  };
  const agentOf = (scenario, tools) =>
    new LoopAgent({ model: modelFor(scenario), tools, ...(hasTelemetry && TELEMETRY) });
  const ask = (agent, prompt = QUESTION) => call(options, () => agent.generate({ prompt }));
  const stream = async (agent, prompt = QUESTION) => {
    const result = await call(options, () => agent.stream({ prompt }));
    return result.textStream;
  };
  const weather = sdk.tool({
    description: TOOL.description,
    inputSchema: z.object({ city: z.string() }),
    execute: () => TOOL.run(),
  });
  const tools = { [TOOL.name]: weather };
  const toolOf = (execute) => ({
    ask_expert: sdk.tool({
      description: 'Asks the expert.',
      inputSchema: z.object({ prompt: z.string() }),
      execute,
    }),
  });
  const expert = (scenario) => toolOf(async ({ prompt }) => (await ask(agentOf(scenario), prompt)).text);
  const streamedExpert = (scenario) =>
    toolOf(async ({ prompt }) => {
      let text = '';
      for await (const part of await stream(agentOf(scenario), prompt)) text += part;
      return text;
    });
  return {
    plain: () => ask(agentOf('plain')),
    cached: () => ask(agentOf('cached')),
    streamed: async () => readAll(await stream(agentOf('streamed'))),
    streamedCached: async () => readAll(await stream(agentOf('streamedCached'))),
    aborted: async () => readSome(await stream(agentOf('aborted'))),
    tools: () => ask(agentOf('tools', tools)),
    streamedTools: async () => readAll(await stream(agentOf('streamedTools', tools))),
    subAgent: () => ask(agentOf('subAgent', expert('subAgent'))),
    streamedSubAgent: async () =>
      readAll(await stream(agentOf('streamedSubAgent', streamedExpert('streamedSubAgent')))),
  };
}

/** A model with `withLlm` around each of its calls. `specificationVersion` is `v2` in 5, `v3` in 6, `v4` in 7. */
export function meteredModel({ sdk: { wrapLanguageModel }, call, specificationVersion }) {
  // recipe: AI SDK 5, 6 and 7: agents, tools and streams
  const middleware = {
    specificationVersion,
    wrapGenerate: ({ doGenerate, model: { provider, modelId } }) =>
      call({ provider, model: modelId }, () => doGenerate()),
    wrapStream: ({ doStream, model: { provider, modelId } }) =>
      call({ provider, model: modelId }, () => doStream()),
  };
  const meter = (model) => wrapLanguageModel({ model, middleware });
  // end of recipe
  return meter;
}
