/** Anthropic's tool runner: a loop of calls behind one object, which can be awaited or iterated. */
import { createRequire } from 'node:module';
import { ANTHROPIC_MODEL, QUESTION, TOOL } from '../../../app/models.js';
import { readAll } from '../../../app/scenarios.js';

const require = createRequire(import.meta.url);

const WEATHER = {
  type: 'custom',
  name: TOOL.name,
  description: TOOL.description,
  input_schema: TOOL.parameters,
  run: async () => TOOL.run(),
  parse: (input) => input,
};

/** @param prepare what is done to the client before it is used */
export function toolRunnerScenarios({ urlOf, call, instrumentation, prepare = () => {} }) {
  // The client makes spans of its own unless it is told not to.
  if (instrumentation === 'none') process.env.ANTHROPIC_OPEN_TELEMETRY = 'false';
  const { Anthropic } = require('@anthropic-ai/sdk');
  const start = (scenario, more) => {
    const anthropic = new Anthropic({ apiKey: 'none', baseURL: urlOf(scenario) });
    prepare(anthropic);
    return anthropic.beta.messages.toolRunner({
      model: ANTHROPIC_MODEL,
      max_tokens: 1024,
      messages: [{ role: 'user', content: QUESTION }],
      tools: [WEATHER],
      ...more,
    });
  };
  const options = { provider: 'anthropic', model: ANTHROPIC_MODEL };
  // A runner has a `then`: whoever awaits it runs the loop and has the last message.
  const ask = async (scenario) => await call(options, () => start(scenario));
  const iterate = async (scenario, more, read) => {
    const runner = call(options, () => start(scenario, more));
    for await (const message of runner) await read(message);
  };
  return {
    plain: () => ask('plain'),
    cached: () => ask('cached'),
    tools: () => ask('tools'),
    streamed: () => iterate('streamed', { stream: true }, readAll),
    // Turn by turn, each a whole message.
    streamedTools: () => iterate('streamedTools', {}, () => {}),
    streamedInside: () =>
      call(options, async () => {
        for await (const _message of start('streamedInside'));
      }),
  };
}

export const createScenarios = toolRunnerScenarios;
