/** Answers as OpenAI sends them: 1,000 tokens in and 100 out of gpt-4o, which is $0.0035. */

export const GPT_4O = { provider: 'openai', model: 'gpt-4o' };

const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };

export async function reply(waitMillis = 0) {
  await wait(waitMillis);
  const message = { role: 'assistant', content: 'hello' };
  return {
    object: 'chat.completion',
    model: 'gpt-4o-2024-08-06',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage,
  };
}

/** The usage is on the last part, which has no choices. */
export async function* replyInParts(waitMillis = 0) {
  const part = { object: 'chat.completion.chunk', model: 'gpt-4o-2024-08-06' };
  for (const content of ['hel', 'lo']) {
    await wait(waitMillis);
    yield { ...part, choices: [{ index: 0, delta: { content } }], usage: null };
  }
  yield { ...part, choices: [], usage };
}

export function wait(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
