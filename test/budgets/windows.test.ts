import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ActionResult, type BudgetThreshold, recordCost, withTask, withTool } from '../../src/index.js';
import { startTracing } from '../support/tracing.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const tool = (costUsd: number) => withTool({ name: 'search', costUsd }, () => 1);
const asAnn = <R>(work: () => R): R => withTask({ name: 't', attribution: { user: 'ann' } }, work);

function startWith(budget: object): void {
  startTracing({ cost: { budgets: { user: budget } } });
}

describe('a limit by day', () => {
  it.each([
    ['UTC', '2026-11-29T23:59:59Z', '2026-11-30T00:00:00Z'],
    ['Europe/Berlin', '2026-11-29T22:59:59Z', '2026-11-29T23:00:00Z'],
    ['Asia/Kolkata', '2026-11-29T18:29:59Z', '2026-11-29T18:30:00Z'],
    // Twelve hours and three quarters before midnight UTC.
    ['Pacific/Chatham', '2026-06-29T11:14:59Z', '2026-06-29T11:15:00Z'],
    // The day after clocks were set back is 25 hours long.
    ['America/New_York', '2026-11-02T04:59:59Z', '2026-11-02T05:00:00Z'],
  ])('in %s begins again at midnight there', (timeZone, before, after) => {
    vi.setSystemTime(new Date(before));
    startWith({ usd: { day: 0.05 }, timeZone });
    asAnn(() => {
      tool(0.05);
      expect(() => tool(0.01)).toThrow('usd limit 0.05 per day, spent 0.05');
      vi.setSystemTime(new Date(after));
      expect(tool(0.05)).toBe(1);
      expect(() => tool(0.01)).toThrow('spent 0.05');
    });
  });

  it('beside a limit by month and one for good: every one must have room', () => {
    vi.setSystemTime(new Date('2026-11-29T12:00:00Z'));
    startWith({ usd: { day: 0.05, month: 0.08, total: 0.12 } });
    asAnn(() => {
      tool(0.05);
      expect(() => tool(0.01)).toThrow('per day');
      vi.setSystemTime(new Date('2026-11-30T12:00:00Z'));
      tool(0.03);
      expect(() => tool(0.01)).toThrow('usd limit 0.08 per month, spent 0.08');
      vi.setSystemTime(new Date('2026-12-01T12:00:00Z'));
      tool(0.04);
      expect(() => tool(0.01)).toThrow('usd limit 0.12, spent 0.12');
    });
  });

  it('does not begin again when the clock is set back a little', () => {
    vi.setSystemTime(new Date('2026-11-30T00:00:01Z'));
    startWith({ usd: { day: 0.05 } });
    asAnn(() => {
      tool(0.05);
      vi.setSystemTime(new Date('2026-11-29T23:59:58Z'));
      expect(() => tool(0.01)).toThrow('spent 0.05');
      vi.setSystemTime(new Date('2026-11-30T00:00:02Z'));
      expect(() => tool(0.01)).toThrow('spent 0.05');
    });
  });

  it('reports its thresholds each day', () => {
    const told: BudgetThreshold[] = [];
    vi.setSystemTime(new Date('2026-11-29T12:00:00Z'));
    startWith({ usd: { day: 0.05 }, onThreshold: (event: BudgetThreshold) => told.push(event) });
    asAnn(() => {
      for (const day of ['2026-11-29', '2026-11-30']) {
        vi.setSystemTime(new Date(`${day}T12:00:00Z`));
        tool(0.05);
      }
    });
    expect(told.map(({ threshold, window, spent }) => [threshold, window, spent])).toEqual([
      [0.8, 'day', 0.05],
      [1, 'day', 0.05],
      [0.8, 'day', 0.05],
      [1, 'day', 0.05],
    ]);
  });
});

describe('a call in flight over midnight', () => {
  /** A call that begins before midnight, estimated at $0.04. Calls `inside` after midnight, and then costs $0.05. */
  const overMidnight = async (inside: () => void, last: unknown = new ActionResult(1, { costUsd: 0.05 })) => {
    vi.setSystemTime(new Date('2026-11-29T23:59:59Z'));
    startWith({ usd: { day: 0.06 } });
    await asAnn(async () => {
      let end: (result: unknown) => void = () => {};
      const ended = new Promise((resolve) => (end = resolve));
      const call = withTool({ name: 'long', estimateUsd: 0.04, billable: true }, () => ended);
      expect(() => tool(0.03)).toThrow('reserved 0.04');
      vi.setSystemTime(new Date('2026-11-30T00:00:01Z'));
      inside();
      end(last);
      await call;
      inside();
    });
  };

  it('holds nothing of the new day, and is booked in the old one', async () => {
    await overMidnight(() => expect(() => tool(0.07)).toThrow('spent 0, reserved 0'));
  });

  it('books its estimate in the old day when its cost stays unknown', async () => {
    await overMidnight(() => expect(() => tool(0.07)).toThrow('spent 0, reserved 0'), {
      costUsd: Number.NaN,
    });
  });

  it('does not book there a call inside it that began after midnight', async () => {
    vi.setSystemTime(new Date('2026-11-29T23:59:59Z'));
    startWith({ usd: { day: 0.06 } });
    await asAnn(async () => {
      await withTool({ name: 'agent', costUsd: 0.01 }, async () => {
        vi.setSystemTime(new Date('2026-11-30T00:00:01Z'));
        tool(0.02);
      });
      expect(() => tool(0.05)).toThrow('spent 0.02, reserved 0');
    });
  });
});

describe('a bill that no budget was asked for', () => {
  it('counts in the day in which it comes, also as the first one', () => {
    vi.setSystemTime(new Date('2026-11-29T12:00:00Z'));
    startWith({ usd: { day: 0.05 } });
    asAnn(() => {
      recordCost(0.02);
      vi.setSystemTime(new Date('2026-11-30T12:00:00Z'));
      recordCost(0.03);
      expect(() => tool(0.03)).toThrow('spent 0.03');
      recordCost(0.01);
      expect(() => tool(0.03)).toThrow('spent 0.04');
    });
  });
});
