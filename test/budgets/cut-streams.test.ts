/** Streams that are left before their end: only a part of their usage is known. */
import { describe, expect, it } from 'vitest';
import { BudgetExceededError, withLlm, withTask, withTool } from '../../src/index.js';
import { currentRuntime } from '../../src/runtime/current-runtime.js';
import { startTracing } from '../support/tracing.js';

const MODEL = 'claude-sonnet-4-5';
const MESSAGES = [{ role: 'user', content: 'hi' }];

/** $0.0285 in the end, and next to nothing in the first chunk. */
async function* answers() {
  yield { type: 'message_start', message: { model: MODEL, usage: { input_tokens: 10, output_tokens: 1 } } };
  yield { type: 'content_block_delta', delta: { type: 'text_delta', text: 'hello' } };
  yield { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1900 } };
  yield { type: 'message_stop' };
}

async function* openaiAnswers() {
  yield { id: 'c', model: 'gpt-4o', choices: [{ delta: { content: 'x' } }] };
  yield { id: 'c', model: 'gpt-4o', choices: [{ delta: { content: 'y' }, finish_reason: 'stop' }] };
  const usage = { prompt_tokens: 10, completion_tokens: 2900, total_tokens: 2910 };
  yield { id: 'c', model: 'gpt-4o', choices: [], usage };
}

const CLAUDE = { provider: 'anthropic', request: { model: MODEL, messages: MESSAGES, max_tokens: 2000 } };
const GPT = { provider: 'openai', request: { model: 'gpt-4o', messages: MESSAGES, max_tokens: 3000 } };

async function readChunks(stream: AsyncIterable<unknown>, count: number): Promise<void> {
  let read = 0;
  for await (const _ of stream) if (++read === count) return;
}

describe('a stream that is left after some chunks', () => {
  it.each([
    ['Anthropic', 1, () => withLlm(CLAUDE, answers)],
    ['Anthropic', 2, () => withLlm(CLAUDE, answers)],
    ['Anthropic', 3, () => withLlm(CLAUDE, answers)],
    ['Anthropic', 9, () => withLlm(CLAUDE, answers)],
    ['OpenAI', 1, () => withLlm(GPT, openaiAnswers)],
    ['OpenAI', 2, () => withLlm(GPT, openaiAnswers)],
    ['OpenAI', 3, () => withLlm(GPT, openaiAnswers)],
  ])('of %s books no less than it may have cost, after %i', async (_, chunks, call) => {
    startTracing();
    let ran = 0;
    await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
      for (; ran < 20; ran++) {
        try {
          await readChunks(call(), chunks);
        } catch (error) {
          expect(error).toBeInstanceOf(BudgetExceededError);
          return;
        }
      }
    });
    expect(ran).toBe(3);
  });

  it('does not use up a budget that refuses unknown prices, because a part of its cost is known', async () => {
    startTracing();
    await withTask({ name: 't', budget: { usd: 0.1, unknownPrice: 'refuse' } }, async () => {
      await readChunks(withLlm({ provider: 'anthropic', model: MODEL }, answers), 2);
      expect(withTool({ name: 'x', costUsd: 0.09 }, () => 1)).toBe(1);
    });
  });

  it('teaches no mean, which it would lower', async () => {
    startTracing();
    const call = () => withLlm({ provider: 'anthropic', model: MODEL }, answers);
    for (let count = 0; count < 5; count++) await readChunks(call(), 1);
    expect(currentRuntime().history.find('llm', MODEL)?.calls ?? 0).toBe(0);
    await readChunks(call(), 9);
    expect(currentRuntime().history.find('llm', MODEL)).toMatchObject({ calls: 1 });
  });
});
