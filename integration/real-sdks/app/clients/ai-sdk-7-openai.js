import * as sdk from 'ai7';
import { createOpenAI } from 'ai7-openai';
import { openaiModel } from '../models.js';
import { aiSdkScenarios } from './ai-sdk.js';

export function createScenarios({ urlOf, call, hasTelemetry }) {
  return aiSdkScenarios({
    sdk,
    call,
    hasTelemetry,
    provider: 'openai',
    modelOf: (scenario) =>
      createOpenAI({ apiKey: 'none', baseURL: urlOf(scenario) }).responses(openaiModel(scenario)),
    more: (ask) => ({ reasoning: () => ask('reasoning') }),
  });
}
