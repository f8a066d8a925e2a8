import * as sdk from 'ai5';
import { createAnthropic } from 'ai5-anthropic';
import { createOpenAI } from 'ai5-openai';
import { agentScenarios } from './agents.js';

export function createScenarios(given) {
  const makers = { openai: createOpenAI, anthropic: createAnthropic };
  return agentScenarios({ ...given, sdk, makers, provider: 'anthropic' });
}
