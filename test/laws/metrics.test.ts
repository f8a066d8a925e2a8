import { metrics } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Totals, withAgent } from '../../src/index.js';
import { CallRow } from '../../src/metrics/rows.js';
import { AlwaysRecordSampler } from '../../src/sampler.js';
import { FOREIGN_TOOL, FOREIGN_TOOL_USD } from '../support/laws/foreign-work.js';
import { findsOut, holds } from '../support/laws/law.js';
import { Run } from '../support/laws/run-work.js';
import { type Sdk, startSdk } from '../support/laws/sdk.js';
import { FOREIGN_KINDS, forests, OWN_KINDS, type Work } from '../support/laws/work.js';
import { startMetrics } from '../support/metrics.js';

const cases = forests({ kinds: [...OWN_KINDS, ...FOREIGN_KINDS], unknownModels: true });

let sdk: Sdk;
beforeAll(() => {
  sdk = startSdk({
    cost: { tools: { [FOREIGN_TOOL]: { costUsd: FOREIGN_TOOL_USD } } },
    sampler: new AlwaysRecordSampler(new AlwaysOffSampler()),
  });
});
afterAll(() => sdk.stop());

describe('metrics are the ledger', () => {
  it('whatever is nested in whatever, with nothing sampled', () => holds('6, metrics', cases, areTheLedger));

  it('is broken by a row that forgets', () => {
    const forgetful = () => {
      const add = vi.spyOn(CallRow.prototype, 'add').mockImplementation(() => {});
      return () => add.mockRestore();
    };
    return findsOut(forgetful, cases, areTheLedger);
  });
});

let runs = 0;

async function areTheLedger(forest: Work[]): Promise<void> {
  const counted = startMetrics();
  runs += 1;
  const run = new Run(`metrics-${runs}`);
  const totals = await withAgent('all', async (agent): Promise<Totals> => {
    await run.all(forest);
    return agent.totals;
  });
  const picos = async (name: string) =>
    (await counted.points(name)).reduce((sum, { value }) => sum + Math.round(value * 1e12), 0);
  expect(await picos('cost.usd')).toBe(Math.round(totals.costUsd * 1e12));
  expect(await picos('cost.estimated_usd')).toBe(Math.round(totals.estimatedCostUsd * 1e12));
  expect(await picos('cost.wasted_usd')).toBe(Math.round(totals.wastedCostUsd * 1e12));
  expect(await counted.sum('cost.tokens')).toBe(totals.totalTokens);
  expect(await counted.sum('cost.calls')).toBe(totals.llmCalls + totals.toolCalls);
  expect(await counted.sum('cost.failed_calls')).toBe(totals.failedCalls);
  expect(await counted.sum('cost.unpriced_calls')).toBeGreaterThanOrEqual(totals.unpricedCalls);
  expect(await counted.sum('task.active')).toBe(0);
  await counted.provider.shutdown();
  metrics.disable();
}
