import * as sdk from 'ai5';
import { createOpenAI } from 'ai5-openai';
import { agentScenarios, meteredModel } from './agents.js';

export function createScenarios({ call, ...given }) {
  const provider = 'openai';
  const modelOf = meteredModel({ sdk, call, specificationVersion: 'v2' });
  const makers = { openai: createOpenAI };
  return agentScenarios({ ...given, sdk, makers, provider, modelOf, call: (_options, fn) => fn() });
}
