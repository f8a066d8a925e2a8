/** xAI through OpenAI's client. Its completion tokens leave the reasoning out. */
import OpenAI from 'openai';
import { chatScenarios } from './chat.js';

export function createScenarios({ urlOf, call }) {
  return chatScenarios({
    call,
    provider: 'x_ai',
    model: 'grok-3-mini',
    streamOptions: { stream_options: { include_usage: true } },
    clientFor: (scenario) => new OpenAI({ apiKey: 'none', baseURL: `${urlOf(scenario)}/xai` }),
  });
}
