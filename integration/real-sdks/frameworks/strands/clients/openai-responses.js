import { OpenAIModel } from '@strands-agents/sdk/models/openai';
import { scenariosOfAgent } from '../scenarios.js';

const modelId = 'gpt-4o-mini';

export function createScenarios(app) {
  const modelOf = (url) =>
    new OpenAIModel({ api: 'responses', modelId, apiKey: 'none', clientConfig: { baseURL: `${url}/v1` } });
  return scenariosOfAgent(app, { provider: 'openai', model: modelId }, modelOf);
}
