import { createScenarios as create } from './bedrock.js';

export const createScenarios = (options) => create({ ...options, modelId: 'amazon.nova-lite-v1:0' });
