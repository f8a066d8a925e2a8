/** OpenRouter through OpenAI's client. */
import OpenAI from 'openai';
import { chatScenarios } from './chat.js';

export function createScenarios({ urlOf, call }) {
  return chatScenarios({
    call,
    provider: 'openrouter',
    model: 'openai/gpt-4o-mini',
    clientFor: (scenario) => new OpenAI({ apiKey: 'none', baseURL: `${urlOf(scenario)}/openrouter` }),
  });
}
