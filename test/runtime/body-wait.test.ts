import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endWait, keepWaiting, type WaitingForBody, waitForBody } from '../../src/runtime/body-wait.js';
import type { SpanRecord } from '../../src/spans/span-record.js';

const RECORD = { task: undefined } as SpanRecord;

function startCall(maxWaitMillis = 1000): WaitingForBody & { isGivenUp: boolean } {
  const call = {
    isGivenUp: false,
    giveUpBody() {
      call.isGivenUp = endWait(call);
    },
  };
  waitForBody(call, RECORD, maxWaitMillis);
  return call;
}

describe('a body that nobody reads to its end', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.runAllTimers();
    vi.useRealTimers();
  });

  it('is given up after its time', () => {
    const call = startCall();
    vi.advanceTimersByTime(999);
    expect(call.isGivenUp).toBe(false);
    vi.advanceTimersByTime(1);
    expect(call.isGivenUp).toBe(true);
  });

  it('has its time again with each part that is read', () => {
    const call = startCall();
    vi.advanceTimersByTime(900);
    keepWaiting(call);
    vi.advanceTimersByTime(999);
    expect(call.isGivenUp).toBe(false);
    vi.advanceTimersByTime(1);
    expect(call.isGivenUp).toBe(true);
  });

  it('is not given up once it has been read', () => {
    const call = startCall();
    expect(endWait(call)).toBe(true);
    vi.runAllTimers();
    expect(call.isGivenUp).toBe(false);
    expect(endWait(call)).toBe(false);
  });

  it('is given up for a newer one where a thousand wait', () => {
    const calls = Array.from({ length: 1001 }, () => startCall());
    expect(calls.map(({ isGivenUp }, index) => (isGivenUp ? index : -1)).filter((at) => at >= 0)).toEqual([
      0,
    ]);
  });
});
