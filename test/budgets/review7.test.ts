import { expect, it } from 'vitest';
import { withTask, withTool } from '../../src/index.js';
import { startTracing } from '../support/tracing.js';
it('a call does not wait for the call that it is in', async () => {
  startTracing();
  const t0 = performance.now();
  const r = await withTask({ name: 't', budget: { usd: 0.1, reserveTimeoutMillis: 2000 } }, async () =>
    withTool({ name: `p`, costUsd: 0.05 }, async () => withTool({ name: `c`, costUsd: 0.06 }, async () => 'ran').then((x) => x, (e) => e.message)));
  console.log(r);
  expect(performance.now() - t0).toBeLessThan(1000);
});
