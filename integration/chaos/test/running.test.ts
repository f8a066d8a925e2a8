/** Losses are counted in the metrics while the app runs, so that an alert can see them. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startApp } from '../support/app.js';
import { type ChaosReceiver, startReceiver } from '../support/receiver.js';

/** Longer than an app on a busy machine needs for its work and an export. */
const WAIT = { timeout: 60_000, interval: 50 };
const OFTEN = { OTEL_METRIC_EXPORT_INTERVAL: '100', OTEL_BSP_SCHEDULE_DELAY: '100' };

let receiver: ChaosReceiver | undefined;
let app: ReturnType<typeof startApp> | undefined;
afterEach(async () => {
  app?.child.kill('SIGKILL');
  await receiver?.close();
});

async function start(file: string, end: string, tasks: number, env: Record<string, string>) {
  const started = await startReceiver({});
  receiver = started;
  const settings = { ...started.env, ...OFTEN, ...env };
  app = startApp({ file, end, tasks, env: settings });
  return started;
}

describe('while the app runs', () => {
  it('cost.lost_spans counts the spans that a full queue dropped', async () => {
    const { taken } = await start('work.mjs', 'wait', 10_000, { OTEL_BSP_MAX_QUEUE_SIZE: '2048' });
    await vi.waitFor(() => expect(taken().spans + taken().latest('cost.lost_spans')).toBe(20_000), WAIT);
    expect(taken().latest('cost.lost_spans')).toBeGreaterThan(0);
  });

  it('cost.lost_spans and cost.lost_usd count what terminated workers lost', async () => {
    const later = { OTEL_METRIC_EXPORT_INTERVAL: '60000', OTEL_BSP_SCHEDULE_DELAY: '60000' };
    const { taken } = await start('threads.mjs', 'terminate-and-wait', 150, later);
    // The workers export after a minute, the main thread when it is asked to end.
    await vi.waitFor(() => expect(app?.stdout()).toContain('ready'), WAIT);
    app?.child.kill('SIGTERM');
    await vi.waitFor(() => expect(taken().latest('cost.lost_spans')).toBe(300), WAIT);
    expect(taken().latest('cost.lost_usd')).toBeCloseTo(1.5, 9);
  });
});
