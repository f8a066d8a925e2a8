/** Calls of an app, with and without a shared budget, through the wrappers. */
import type { SharedStore } from 'otel-agent-cost/shared';

const AT_ONCE = 32;

const BUDGETS = {
  'no budget': undefined,
  'a budget of this process': { usd: 1e6 },
  'a shared budget': { usd: 1e6, shared: true },
  'a shared budget in slices of $0.50': { usd: 1e6, shared: { sliceUsd: 0.5 } },
};

/** Calls that cost $0.001 and do nothing, 32 at once. */
export async function measureApp(store: SharedStore, calls: number): Promise<void> {
  const { CostSpanProcessor, withTask, withTool } = await import('otel-agent-cost');
  const { shareCosts } = await import('otel-agent-cost/shared');
  for (const [name, budget] of Object.entries(BUDGETS)) {
    const processor = new CostSpanProcessor(budget === undefined ? {} : { budgets: { customer: budget } });
    const costs = shareCosts({ store });
    const worker = async () => {
      for (let left = calls / AT_ONCE; left > 0; left--)
        await withTool({ name: 'search', costUsd: 0.001 }, async () => left);
    };
    const [started, cpu] = [performance.now(), process.cpuUsage()];
    await withTask({ name: 'bench', attribution: { customer: name } }, () =>
      Promise.all(Array.from({ length: AT_ONCE }, worker)),
    );
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `${name}: ${Math.round(calls / seconds).toLocaleString('en')} calls/s, ${((user + system) / calls).toFixed(0)} µs of CPU a call in the app`,
    );
    await costs.close();
    await processor.shutdown();
  }
}
