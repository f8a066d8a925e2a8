import { createRequire } from 'node:module';
import { openaiModel } from '../models.js';
import { langChainScenarios } from './langchain.js';

const require = createRequire(import.meta.url);

export function createScenarios({ urlOf, call }) {
  const { ChatOpenAI } = require('@langchain/openai');
  return langChainScenarios({
    call,
    provider: 'openai',
    modelName: openaiModel,
    modelOf: (scenario) =>
      new ChatOpenAI({
        apiKey: 'none',
        model: openaiModel(scenario),
        configuration: { baseURL: urlOf(scenario) },
      }),
    more: (ask) => ({ reasoning: () => ask('reasoning') }),
  });
}
