/** What a request does: a call, a stream, and three calls at a time. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { withLlm, withTask } from 'otel-agent-cost';
import { clientCalls } from '../shared/clients.js';

export function answer(request) {
  const url = `${process.env.PROVIDER_URL}-${request}`;
  const calls = clientCalls({ OpenAI, Anthropic, url });
  return withTask(request, async (task) => {
    await calls.chatCached.run(withLlm);
    await calls.messagesStreamed.run(withLlm);
    await Promise.all([
      calls.chatStreamed.run(withLlm),
      calls.messagesHelper.run(withLlm),
      calls.responses.run(withLlm),
    ]);
    return { totals: { ...task.totals }, words: request };
  });
}
