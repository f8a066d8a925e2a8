import { describe, expect, it } from 'vitest';
import { withLlm, withTask, wrapLlm } from '../../src/index.js';
import { completion, startTracing } from '../support/tracing.js';

const countTokens = (text: string) => Math.ceil(text.length / 4);
const request = {
  model: 'gpt-4o',
  tools: [{ name: 'search', description: 'x'.repeat(380) }],
  messages: [{ role: 'tool', content: 'y'.repeat(400) }],
};
const DEFINITIONS = countTokens(JSON.stringify(request.tools));

describe('tokens for tools', () => {
  it('are written with the cost that they are part of, on the call and on the task', () => {
    const { attributes } = startTracing();
    withTask('t', (task) => {
      withLlm({ provider: 'openai', request, countTokens }, () => completion(1000, 100));
      wrapLlm({ provider: 'openai', countTokens }, (_asked: object) => completion(1000, 100))(request);
      expect(task.totals.toolOverheadTokens).toBe(2 * (DEFINITIONS + 100));
    });
    expect(attributes('task t')).toMatchObject({
      'task.tool_overhead_tokens': 2 * (DEFINITIONS + 100),
      'task.input_tokens': 2000,
      'task.cost_usd': 0.007,
    });
  });

  it('are not reported without a count of them', () => {
    const { attributes } = startTracing();
    withTask('t', () => withLlm({ provider: 'openai', request }, () => completion(1000, 100)));
    expect(Object.keys({ ...attributes('task t'), ...attributes('chat gpt-4o') }).join()).not.toContain(
      'overhead',
    );
  });

  it('never are more than the input', () => {
    const { attributes } = startTracing();
    withTask('t', () => withLlm({ provider: 'openai', request, countTokens }, () => completion(50, 1)));
    expect(attributes('chat gpt-4o')['cost.tool_overhead_tokens']).toBe(50);
  });
});
