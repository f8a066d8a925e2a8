/** A model that answers at once. Its bills are those of gpt-4o-mini: fractions of a millionth of a dollar. */
import { withLlm } from 'otel-agent-cost';

let answers = 0;

export function think(prompt) {
  const input = 1000 + prompt.length * 7;
  return withLlm({ provider: 'openai', model: 'gpt-4o-mini' }, async () => {
    answers += 1;
    return {
      id: `chatcmpl-${process.pid}-${answers}`,
      model: 'gpt-4o-mini-2024-07-18',
      choices: [{ message: { content: `thought about ${prompt}` } }],
      usage: { prompt_tokens: input, completion_tokens: 37, total_tokens: input + 37 },
    };
  });
}
