import { AnthropicModel } from '@strands-agents/sdk/models/anthropic';
import { ANTHROPIC_MODEL } from '../../../app/models.js';
import { scenariosOfAgent } from '../scenarios.js';

export function createScenarios(app) {
  const modelOf = (url) =>
    new AnthropicModel({
      modelId: ANTHROPIC_MODEL,
      apiKey: 'none',
      maxTokens: 1024,
      clientConfig: { baseURL: url },
    });
  return scenariosOfAgent(app, { provider: 'anthropic', model: ANTHROPIC_MODEL }, modelOf);
}
