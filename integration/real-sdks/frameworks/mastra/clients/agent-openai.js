import { mastraScenarios } from './agents.js';

export function createScenarios(given) {
  return mastraScenarios({ ...given, provider: 'openai' });
}
