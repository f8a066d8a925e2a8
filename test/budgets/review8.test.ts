import { expect, it } from 'vitest';
import { withLlm, withTask, wrapTool, withTool } from '../../src/index.js';
import { completion, startTracing } from '../support/tracing.js';
it('a mean learned from cut streams', async () => {
  startTracing();
  async function* s() {
    yield { type: 'message_start', message: { id: 'm' + Math.random(), model: 'claude-sonnet-4-5', usage: { input_tokens: 10, output_tokens: 1 } } };
    for (let i = 0; i < 50; i++) yield { type: 'content_block_delta', delta: { type: 'text_delta', text: 'x' } };
  }
  const { currentRuntime } = await import('../../src/runtime/runtime.js');
  for (let i = 0; i < 5; i++) { for await (const _ of withLlm({ provider: 'anthropic', model: 'claude-sonnet-4-5' }, () => s())) break; }
  console.log(currentRuntime().history.find('llm', 'claude-sonnet-4-5'));
  expect(currentRuntime().history.find('llm', 'claude-sonnet-4-5')?.calls ?? 0).toBe(0);
});
