import * as sdk from 'ai6';
import { createAnthropic } from 'ai6-anthropic';
import { createOpenAI } from 'ai6-openai';
import { agentScenarios } from './agents.js';

export function createScenarios(given) {
  const makers = { openai: createOpenAI, anthropic: createAnthropic };
  return agentScenarios({ ...given, sdk, makers, provider: 'anthropic' });
}
