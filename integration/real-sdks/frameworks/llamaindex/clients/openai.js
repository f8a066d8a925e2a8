import { llamaIndexScenarios } from './llamaindex.js';

export function createScenarios(given) {
  return llamaIndexScenarios({ ...given, provider: 'openai' });
}
