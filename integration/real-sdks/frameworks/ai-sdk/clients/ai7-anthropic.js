import * as sdk from 'ai7';
import { createAnthropic } from 'ai7-anthropic';
import { createOpenAI } from 'ai7-openai';
import { agentScenarios } from './agents.js';

export function createScenarios(given) {
  const makers = { openai: createOpenAI, anthropic: createAnthropic };
  return agentScenarios({ ...given, sdk, makers, provider: 'anthropic' });
}
