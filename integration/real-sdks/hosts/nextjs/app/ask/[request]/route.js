import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { withLlm, withTask } from 'otel-agent-cost';
import { clientCalls } from '../../../shared/clients.js';

export const dynamic = 'force-dynamic';

export async function GET(_request, { params }) {
  const { request } = await params;
  const calls = clientCalls({ OpenAI, Anthropic, url: `${process.env.PROVIDER_URL}-${request}` });
  const totals = await withTask(request, async (task) => {
    await calls.chatCached.run(withLlm);
    await calls.messagesStreamed.run(withLlm);
    await Promise.all([
      calls.chatStreamed.run(withLlm),
      calls.messagesHelper.run(withLlm),
      calls.responses.run(withLlm),
    ]);
    return { ...task.totals };
  });
  return Response.json({ totals });
}
