import { createScenarios as create } from './openai-chat.js';

export const createScenarios = (options) => create({ ...options, packageName: 'openai6' });
