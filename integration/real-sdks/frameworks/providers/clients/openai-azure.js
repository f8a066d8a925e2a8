/** Azure OpenAI, whose requests name a deployment. */
import { AzureOpenAI } from 'openai';
import { chatScenarios } from './chat.js';

export function createScenarios({ urlOf, call }) {
  return chatScenarios({
    call,
    provider: 'azure',
    model: 'my-deployment',
    streamOptions: { stream_options: { include_usage: true } },
    clientFor: (scenario) =>
      new AzureOpenAI({
        apiKey: 'none',
        apiVersion: '2025-04-01-preview',
        baseURL: `${urlOf(scenario)}/azure`,
      }),
  });
}
