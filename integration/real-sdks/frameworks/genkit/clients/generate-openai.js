import { genkitScenarios } from './genkit.js';

export function createScenarios(given) {
  return genkitScenarios({ ...given, provider: 'openai' });
}
