import { createRequire } from 'node:module';
import { ANTHROPIC_MODEL } from '../models.js';
import { langChainScenarios } from './langchain.js';

const require = createRequire(import.meta.url);

export function createScenarios({ urlOf, call }) {
  const { ChatAnthropic } = require('@langchain/anthropic');
  return langChainScenarios({
    call,
    provider: 'anthropic',
    modelName: () => ANTHROPIC_MODEL,
    modelOf: (scenario) =>
      new ChatAnthropic({ apiKey: 'none', model: ANTHROPIC_MODEL, anthropicApiUrl: urlOf(scenario) }),
  });
}
