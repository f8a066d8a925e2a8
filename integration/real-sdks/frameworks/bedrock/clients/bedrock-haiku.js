import { createScenarios as create } from './bedrock.js';

export const createScenarios = (options) =>
  create({ ...options, modelId: 'anthropic.claude-3-haiku-20240307-v1:0' });
