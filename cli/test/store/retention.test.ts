import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.js';
import { call, START, task } from '../support/made.js';

const DAY = 86_400_000;
const traceOf = (number: number) => number.toString(16).padStart(32, '0');

function work(number: number, startMillis = START) {
  const id = `task-${number}`;
  const more = { traceId: traceOf(number), startMillis };
  return [call(0.25, { 'task.id': id }, { ...more, parentSpanId: id }), task(id, 0.25, {}, more)];
}

describe('retention', () => {
  it('deletes whole traces, the oldest first, and takes them in again', async () => {
    let millis = START;
    const store = await openStore({ now: () => millis, maxSpans: 10 });
    for (let number = 0; number < 8; number += 1) {
      millis += 10_000;
      await store.add(work(number));
    }
    await expect.poll(async () => (await store.spans()).spans).toBeLessThanOrEqual(10);
    const { spans } = await store.spans();
    expect(store.deletedSpans).toBe(16 - spans);
    const left = (await store.tasks({ window: 'all' })).rows;
    expect(left).toHaveLength(spans / 2);
    expect(left.map(({ id }) => id)).toContain('task-7');
    expect((await store.overview('all')).ticker.spent.pico).toBe(String(left.length * 0.25e12));
    await store.add(work(0).map((span, index) => ({ ...span, spanId: `again-${index}` })));
    expect((await store.tasks({ window: 'all' })).rows.map(({ id }) => id)).toContain('task-0');
    await store.close();
  });

  it('counts the age from the arrival, so that an old run can be looked at', async () => {
    let millis = START;
    const store = await openStore({ now: () => millis, keepDays: 30, maxSpans: 3 });
    await store.add(work(1, START - 900 * DAY));
    expect((await store.spans()).spans).toBe(2);
    millis += 31 * DAY;
    await store.add(work(2, millis));
    await expect.poll(() => store.deletedSpans).toBe(2);
    expect((await store.tasks({ window: 'all' })).rows.map(({ id }) => id)).toEqual(['task-2']);
    await store.close();
  });

  it('deletes on demand what ended before a time, or all', async () => {
    const store = await openStore({ now: () => START });
    const old = work(1, START - DAY);
    await store.add([...old, ...work(2)]);
    expect(await store.deleteSpans(START - DAY / 2)).toBe(2);
    expect((await store.tasks({ window: 'all' })).rows.map(({ id }) => id)).toEqual(['task-2']);
    await store.add(old);
    expect((await store.spans()).spans).toBe(4);
    expect(await store.deleteSpans(null)).toBe(4);
    expect(await store.spans()).toEqual({ spans: 0, firstMillis: null, lastMillis: null });
    await store.close();
  });
});
