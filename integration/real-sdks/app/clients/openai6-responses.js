import { createScenarios as create } from './openai-responses.js';

export const createScenarios = (options) => create({ ...options, packageName: 'openai6' });
