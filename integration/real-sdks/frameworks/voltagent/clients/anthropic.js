import { createAnthropic } from '@ai-sdk/anthropic';
import { ANTHROPIC_MODEL } from '../../../app/models.js';
import { scenariosOfAgent } from '../scenarios.js';

export function createScenarios(app) {
  const modelOf = (url) => createAnthropic({ apiKey: 'none', baseURL: `${url}/v1` })(ANTHROPIC_MODEL);
  return scenariosOfAgent(app, { provider: 'anthropic', model: ANTHROPIC_MODEL }, modelOf);
}
