import { createScenarios as create } from './bedrock.js';

export const createScenarios = (options) =>
  create({ ...options, modelId: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0' });
