import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withAgent, withLlm, withTask, withTool, wrapTool } from '../../src/index.js';
import { costHints } from '../../src/optimize/cost-hints.js';
import { recordCalls } from '../../src/optimize/recorded-calls.js';

let stop = () => {};

beforeEach(() => {
  stop = recordCalls();
});
afterEach(() => stop());

describe('a hint on failed calls', () => {
  it('gives the cost of a failure, and does not take the next attempt for a repeat', async () => {
    let runs = 0;
    const flaky = wrapTool({ name: 'flaky', costUsd: 0.01 }, async () => {
      if (++runs === 1) throw new Error('down');
    });
    await withTask('t', async () => {
      await flaky().catch(() => {});
      await flaky();
    });
    expect(costHints()).toEqual([
      {
        kind: 'failed_calls',
        subject: 'flaky',
        amountUsd: 0.01,
        amountIs: 'spend',
        count: 1,
        message:
          '1 failed call of flaky cost $0.01. $0.01 of it, for calls that were retried, is saved when the first attempt succeeds.',
      },
    ]);
  });

  it('says how much of them was for calls that were made again', async () => {
    const charge = (args: string[], costUsd: number, isDown = true) =>
      withTool({ name: 'pay', args, costUsd }, async () => {
        if (isDown) throw new Error('down');
      }).catch(() => {});
    await withTask('t', async () => {
      await charge(['once'], 0.005);
      await charge(['twice'], 0.01);
      await charge(['twice'], 0.02);
      await charge(['twice'], 0.08, false);
    });
    // Without the failures of "twice", the first $0.01 and the second $0.02 are not spent.
    expect(costHints()[0]).toMatchObject({
      amountUsd: 0.035,
      count: 3,
      message: expect.stringContaining('$0.03 of it'),
    });
  });

  it('takes the cheaper one of two failures of a loop that may have been made again', async () => {
    const call = (request: string, costUsd: number, isDown = true) =>
      withLlm({ provider: 'openai', model: 'gpt-4', request: { request } }, async (handle) => {
        handle.recordUsage({ inputTokens: 1, outputTokens: 1, costUsd });
        if (isDown) throw new Error('down');
      }).catch(() => {});
    await withAgent('other', () => call('once', 0.01));
    await withAgent('agent', async () => {
      await call('once', 0.02);
      await call('twice', 0.04);
      await call('twice', 0.08, false);
    });
    // Which request was made again is not known.
    expect(costHints()[0]).toMatchObject({
      amountUsd: 0.07,
      message: expect.stringContaining('$0.02 of it'),
    });
  });

  it('says so when no failed call was made again', async () => {
    const broken = wrapTool({ name: 'broken', costUsd: 0.01 }, () => {
      throw new Error('down');
    });
    expect(broken).toThrow('down');
    expect(costHints()[0]?.message).toMatch(/\$0\.01\. No retry of them is known\.$/);
  });
});
