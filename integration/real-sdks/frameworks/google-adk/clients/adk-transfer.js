/** The same agent; its sub-agent takes over, and has the name that the provider asks for. */
import { agentOf, scenariosOfAgent } from './adk.js';

export function createScenarios(app) {
  const { subAgent, streamedSubAgent } = scenariosOfAgent(app, () => ({
    subAgents: [agentOf({ name: 'Paris' })],
  }));
  return { subAgent, streamedSubAgent };
}
