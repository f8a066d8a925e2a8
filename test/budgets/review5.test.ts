import { expect, it } from 'vitest';
import { withLlm, withTask, withTool } from '../../src/index.js';
import { startTracing, wait } from '../support/tracing.js';

async function* anthropic() {
  yield { type: 'message_start', message: { id: 'm' + Math.random(), model: 'claude-sonnet-4-5', usage: { input_tokens: 10, output_tokens: 1 } } };
  for (let i = 0; i < 50; i++) yield { type: 'content_block_delta', delta: { type: 'text_delta', text: 'x'.repeat(400) } };
  yield { type: 'message_delta', usage: { output_tokens: 5000 } };
  yield { type: 'message_stop' };
}
it('a stream that is cut: the rest of its reservation', async () => {
  const { spans } = startTracing();
  let ran = 0; let error = '';
  const request = { model: 'claude-sonnet-4-5', max_tokens: 5000, messages: [{ role: 'user', content: 'hi' }] };
  await withTask({ name: 't', budgetUsd: 0.2 }, async () => {
    for (let i = 0; i < 30; i++) {
      try {
        const s: any = withLlm({ provider: 'anthropic', request }, () => anthropic());
        let n = 0;
        for await (const _ of s) if (++n === 49) break;
        ran++;
      } catch (e: any) { error = e.message; break; }
    }
  });
  const leaf = spans().find((s) => s.name.startsWith('chat'))!;
  console.log(ran, error, leaf.attributes);
  expect(ran).toBeLessThan(5);
});
it('detached work of a user', async () => {
  startTracing({ cost: { budgets: { user: { usd: 0.1 } } } });
  let go!: () => void; const p = new Promise<void>((r) => { go = r; });
  let detached!: Promise<unknown>;
  withTask({ name: 't', attribution: { user: 'ann' } }, () => { detached = withTask('inner', async () => { await p; return withTool({ name: 's', costUsd: 0.09 }, () => 1); }); });
  for (let i = 0; i < 10_100; i++) withTask({ name: 'o', attribution: { user: `u${i}` } }, () => 1);
  withTask({ name: 't', attribution: { user: 'ann' } }, () => withTool({ name: 's', costUsd: 0.001 }, () => 1));
  go(); await detached;
  let out: unknown = 'ran';
  try { withTask({ name: 't', attribution: { user: 'ann' } }, () => withTool({ name: 's', costUsd: 0.09 }, () => 1)); } catch (e: any) { out = e.message; }
  expect(out).not.toBe('ran');
});
