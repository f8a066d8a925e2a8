/** The scenarios of a Strands agent, for any of its models. Its sub-agent is a tool. */
import { Agent, tool } from '@strands-agents/sdk';
import { z } from 'zod';
import { PARTS_BEFORE_ABORT, QUESTION, TOOL } from '../../app/models.js';
import { readAll } from '../../app/scenarios.js';

const WEATHER = tool({
  name: TOOL.name,
  description: TOOL.description,
  inputSchema: z.object({ city: z.string() }),
  callback: TOOL.run,
});

export function scenariosOfAgent({ urlOf, call }, options, modelOf) {
  const agentOf = (scenario, more) =>
    new Agent({ model: modelOf(urlOf(scenario)), name: 'boss', printer: false, ...more });
  const expert = (scenario) => agentOf(scenario, { name: 'expert', description: 'Knows capitals.' });
  const invoke = (scenario, more) => call(options, () => agentOf(scenario, more).invoke(QUESTION));
  const events = (scenario, more) => call(options, () => agentOf(scenario, more).stream(QUESTION));
  return {
    plain: () => invoke('plain'),
    cached: () => invoke('cached'),
    streamed: async () => readAll(await events('streamed')),
    streamedCached: async () => readAll(await events('streamedCached')),
    aborted: async () => readWords(await events('aborted')),
    tools: () => invoke('tools', { tools: [WEATHER] }),
    streamedTools: async () => readAll(await events('streamedTools', { tools: [WEATHER] })),
    subAgent: () => invoke('subAgent', { tools: [expert('subAgent')] }),
    streamedSubAgent: async () =>
      readAll(await events('streamedSubAgent', { tools: [expert('streamedSubAgent')] })),
  };
}

/** Most events of the stream are about the loop of the agent. */
async function readWords(stream) {
  let words = 0;
  for await (const { type } of stream) {
    words += type === 'modelStreamUpdateEvent' ? 1 : 0;
    if (words === PARTS_BEFORE_ABORT) break;
  }
}
