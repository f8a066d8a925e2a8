/** The Vercel AI SDK, of any version and with any provider. */
import { jsonSchema } from 'ai7';
import { QUESTION, TOOL } from '../models.js';
import { scenariosOf } from '../scenarios.js';

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
  const optionsOf = (scenario) => ({
    model: modelOf(scenario),
    prompt: QUESTION,
    ...(hasTelemetry && TELEMETRY),
  });
  const options = (scenario) => ({ provider, model: modelOf(scenario).modelId });
  const ask = (scenario, rest) =>
    call(options(scenario), () => sdk.generateText({ ...optionsOf(scenario), ...rest }));
  return scenariosOf({
    ask: (scenario) => ask(scenario),
    stream: async (scenario) => {
      const result = await call(options(scenario), () =>
        sdk.streamText({ ...optionsOf(scenario), onError: () => {} }),
      );
      return result.textStream;
    },
    useTool: (scenario) => ask(scenario, { tools, stopWhen: sdk.stepCountIs(MAX_STEPS) }),
    ...more?.(ask),
  });
}
