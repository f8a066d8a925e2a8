import * as sdk from 'ai7';
import { createOpenAI } from 'ai7-openai';
import { agentScenarios, meteredModel } from './agents.js';

export function createScenarios({ call, ...given }) {
  const provider = 'openai';
  const modelOf = meteredModel({ sdk, call, specificationVersion: 'v4' });
  const makers = { openai: createOpenAI };
  return agentScenarios({ ...given, sdk, makers, provider, modelOf, call: (_options, fn) => fn() });
}
