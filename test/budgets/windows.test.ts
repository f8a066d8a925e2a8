import { context } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ActionResult,
  type BudgetThreshold,
  recordCost,
  withSession,
  withTask,
  withTool,
} from '../../src/index.js';
import { outcomeAtOnce } from '../support/budgets/outcome.js';
import { chat, startTracing } from '../support/tracing.js';

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

  it('leaves all of the new day to the calls inside it', async () => {
    vi.setSystemTime(new Date('2026-11-29T23:59:59Z'));
    startWith({ usd: { day: 0.06 } });
    await asAnn(() =>
      withTool({ name: 'agent', costUsd: 0.04 }, async () => {
        vi.setSystemTime(new Date('2026-11-30T00:00:01Z'));
        expect(outcomeAtOnce(() => tool(0.06))).toBe(1);
      }),
    );
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

describe('work that began yesterday', () => {
  /** Runs some work today, inside a tool of $0.01 that ran yesterday. */
  function fromYesterday(work: () => unknown): void {
    vi.setSystemTime(new Date('2026-11-29T12:00:00Z'));
    startWith({ usd: { day: 0.05 } });
    let inside: (work: () => unknown) => void = () => {};
    asAnn(() =>
      withTool({ name: 'start server', costUsd: 0.01 }, () => {
        const around = context.active();
        inside = (later) => context.with(around, later);
      }),
    );
    vi.setSystemTime(new Date('2026-11-30T12:00:00Z'));
    inside(work);
  }

  it.each<[string, string, () => unknown]>([
    ['recorded costs', '0.06', () => recordCost(0.06, { kind: 'tool' })],
    ['spans of others', '0.1', () => [chat(20_000, 0), chat(20_000, 0)]],
    ['calls', '0.05', () => withTool({ name: 'x', costUsd: 0.05 }, () => 1)],
  ])('books today what comes below it today: %s', (_, spent, work) => {
    fromYesterday(work);
    expect(() => asAnn(() => tool(0.01))).toThrow(`per day, spent ${spent}, reserved 0`);
  });
});

describe('limits that are set in turns', () => {
  it('begin again each day, whichever was set last', () => {
    startTracing();
    const outcomes = new Set<unknown>();
    for (let day = 1; day <= 8; day++) {
      vi.setSystemTime(new Date(`2026-01-0${day}T12:00:00Z`));
      for (const usd of [{ day: 1 }, 100]) {
        outcomes.add(outcomeAtOnce(() => withSession({ id: 's', budget: { usd } }, () => tool(0.3))));
      }
    }
    expect([...outcomes]).toEqual([1]);
    vi.setSystemTime(new Date('2026-01-08T13:00:00Z'));
    // The total of the session goes on.
    withSession({ id: 's', budget: { usd: { day: 1, total: 100 } } }, () =>
      expect(outcomeAtOnce(() => tool(0.9))).toContain('usd limit 1 per day, spent 0.6'),
    );
  });
});

describe('a callback of a threshold that makes a call', () => {
  const onThreshold = () => {
    withTool({ name: 'alert', costUsd: 0 }, () => 1);
  };

  beforeEach(() => {
    vi.setSystemTime(new Date('2026-11-29T23:59:00Z'));
    startWith({ usd: { day: 0.1 }, thresholds: [0.5], onThreshold });
  });

  const ranInSession = () => {
    let ran = 0;
    withSession({ id: 's' }, () => {
      for (let call = 0; call < 4; call++) {
        outcomeAtOnce(() => withTool({ name: 'e', costUsd: 0.05 }, () => ran++));
      }
    });
    return ran;
  };

  it('does not move a call of yesterday into the new day of another budget', async () => {
    await withSession({ id: 's', budget: { usd: { day: 0.1 } } }, () =>
      asAnn(() =>
        withTool({ name: 'long', costUsd: 0.09 }, async () => {
          vi.setSystemTime(new Date('2026-11-30T00:01:00Z'));
          return 1;
        }),
      ),
    );
    expect(ranInSession()).toBe(2);
  });

  it('does not lose the first bill of a new day for another budget', () => {
    withSession({ id: 's', budget: { usd: { day: 0.1 } } }, () =>
      asAnn(() => {
        tool(0.01);
        vi.setSystemTime(new Date('2026-11-30T00:01:00Z'));
        recordCost(0.09);
      }),
    );
    expect(ranInSession()).toBe(0);
  });
});
