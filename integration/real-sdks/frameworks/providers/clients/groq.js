import Groq from 'groq-sdk';
import { chatScenarios } from './chat.js';

export function createScenarios({ urlOf, call }) {
  return chatScenarios({
    call,
    provider: 'groq',
    model: 'llama-3.3-70b-versatile',
    clientFor: (scenario) => new Groq({ apiKey: 'none', baseURL: `${urlOf(scenario)}/groq` }),
  });
}
