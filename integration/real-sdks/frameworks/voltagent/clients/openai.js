import { createOpenAI } from '@ai-sdk/openai';
import { scenariosOfAgent } from '../scenarios.js';

const MODEL = 'gpt-4o-mini';

export function createScenarios(app) {
  return scenariosOfAgent(app, { provider: 'openai', model: MODEL }, openaiModel);
}

export function openaiModel(url) {
  return createOpenAI({ apiKey: 'none', baseURL: `${url}/v1` })(MODEL);
}
