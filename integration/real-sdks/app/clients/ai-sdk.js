/** The Vercel AI SDK, of any version and with any provider. */
import { jsonSchema } from 'ai7';
import { QUESTION, TOOL } from '../models.js';
import { readAll, scenariosOf } from '../scenarios.js';

const MAX_STEPS = 3;

/** Version 6 makes spans only where it is asked to; in 7 whatever was registered does. */
const TELEMETRY = { experimental_telemetry: { isEnabled: true } };

/**
 * @param sdk the module `ai`
 * @param provider the name under which calls are recorded
 * @param modelOf `(scenario) => model`
 */
export function aiSdkScenarios({ sdk, provider, modelOf, call, hasTelemetry, more }) {
  const tools = {
    [TOOL.name]: sdk.tool({
      description: TOOL.description,
      inputSchema: jsonSchema(TOOL.parameters),
      execute: () => TOOL.run(),
    }),
  };
  const loop = { tools, stopWhen: sdk.stepCountIs(MAX_STEPS) };
  const optionsOf = (scenario) => ({
    model: modelOf(scenario),
    prompt: QUESTION,
    ...(hasTelemetry && TELEMETRY),
  });
  const options = (scenario) => ({ provider, model: modelOf(scenario).modelId });
  const ask = (scenario, rest) =>
    call(options(scenario), () => sdk.generateText({ ...optionsOf(scenario), ...rest }));
  const stream = (scenario, rest) => sdk.streamText({ ...optionsOf(scenario), ...rest, onError: () => {} });
  return scenariosOf({
    ask: (scenario) => ask(scenario),
    stream: async (scenario) => {
      const result = await call(options(scenario), () => stream(scenario));
      return result.textStream;
    },
    useTool: (scenario) => ask(scenario, loop),
    // The whole loop of an agent in one stream, and the same read before the wrapper has it.
    streamedTools: async () => {
      const result = await call(options('streamedTools'), () => stream('streamedTools', loop));
      await readAll(result.textStream);
    },
    streamedInside: () =>
      call(options('streamedInside'), async () => {
        const result = stream('streamedInside', loop);
        await readAll(result.textStream);
        return result;
      }),
    ...more?.(ask),
  });
}
