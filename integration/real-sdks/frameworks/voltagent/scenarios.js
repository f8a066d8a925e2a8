/** The scenarios of a VoltAgent agent, for any model. Its sub-agent has the name that the provider asks for. */
import { Agent, createTool } from '@voltagent/core';
import { z } from 'zod';
import { QUESTION, TOOL } from '../../app/models.js';
import { readAll, readSome } from '../../app/scenarios.js';
import { ownObservability } from './sdk.js';

const WEATHER = createTool({
  name: TOOL.name,
  description: TOOL.description,
  parameters: z.object({ city: z.string() }),
  execute: async () => TOOL.run(),
});

const nothing = () => {};
const SILENT = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
};
const LOGGER = { ...SILENT, child: () => LOGGER };

export function scenariosOfAgent({ urlOf, call }, options, modelOf) {
  const agentOf = (scenario, more) =>
    new Agent({
      name: 'boss',
      instructions: 'Answer.',
      model: modelOf(urlOf(scenario)),
      observability: ownObservability(),
      logger: LOGGER,
      memory: false,
      maxRetries: 0,
      ...more,
    });
  const withExpert = (scenario) => ({
    subAgents: [agentOf(scenario, { name: 'Paris', purpose: 'Knows capitals.' })],
  });
  const generate = (scenario, more) => call(options, () => agentOf(scenario, more).generateText(QUESTION));
  const words = async (scenario, more) => {
    const { textStream } = await call(options, () => agentOf(scenario, more).streamText(QUESTION));
    return textStream;
  };
  return {
    plain: () => generate('plain'),
    cached: () => generate('cached'),
    streamed: async () => readAll(await words('streamed')),
    streamedCached: async () => readAll(await words('streamedCached')),
    aborted: async () => readSome(await words('aborted')),
    tools: () => generate('tools', { tools: [WEATHER] }),
    streamedTools: async () => readAll(await words('streamedTools', { tools: [WEATHER] })),
    subAgent: () => generate('subAgent', withExpert('subAgent')),
    streamedSubAgent: async () => readAll(await words('streamedSubAgent', withExpert('streamedSubAgent'))),
  };
}
