import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { withLlm } from 'otel-agent-cost';
import { clientCalls } from '../shared/clients.js';

export const AskService = {
  async ask(request) {
    const calls = clientCalls({ OpenAI, Anthropic, url: `${process.env.PROVIDER_URL}-${request}` });
    await calls.chatCached.run(withLlm);
    await calls.messagesStreamed.run(withLlm);
    await Promise.all([
      calls.chatStreamed.run(withLlm),
      calls.messagesHelper.run(withLlm),
      calls.responses.run(withLlm),
    ]);
    return request;
  },
};
