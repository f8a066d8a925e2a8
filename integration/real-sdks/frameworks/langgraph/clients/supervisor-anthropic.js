import { graphScenarios } from './graphs.js';

export function createScenarios(given) {
  return graphScenarios({ ...given, provider: 'anthropic', hasSupervisor: true });
}
