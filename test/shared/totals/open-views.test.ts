import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryStore } from '../../../src/shared/store/memory-store.js';
import type { SharedStore } from '../../../src/shared/store/store.js';
import { StoreClient } from '../../../src/shared/store/store-client.js';
import { type OpenView, OpenViews } from '../../../src/shared/totals/open-views.js';

function viewOf(
  apply: () => boolean,
): OpenView & { write: ReturnType<typeof vi.fn<(isRead: boolean) => void>> } {
  return { keys: [], apply, write: vi.fn(), correct() {}, end() {}, reopen() {}, applied: undefined };
}

describe('a view that fails', () => {
  it('does not hold back those of other spans, and is not waited for without end', async () => {
    const store = memoryStore();
    const client = new StoreClient(20, store);
    const open = new OpenViews(store, client, 20);
    const broken = viewOf(() => {
      throw new Error('a mistake');
    });
    const later = viewOf(() => true);
    open.add({}, broken);
    await new Promise((resolve) => setTimeout(resolve, 10));
    open.add({}, later);
    await open.settled();
    expect(later.write).toHaveBeenCalledWith(true);
    expect(broken.write).not.toHaveBeenCalled();
    open.stop();
    expect(broken.write).toHaveBeenCalledWith(false);
  });
});

describe('a view that was complete, and has new work when it is looked at again', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** One that is complete at first, then open for as long as `isOpen` says. */
  function reopening() {
    const calls: string[] = [];
    let isOpen = false;
    const view: OpenView = {
      keys: [],
      apply: () => !isOpen,
      write: () => void calls.push('write'),
      correct: () => void calls.push('correct'),
      end: (isGivenUp) => void calls.push(isGivenUp ? 'give up' : 'end'),
      reopen: () => void calls.push('reopen'),
      get applied() {
        return String(isOpen);
      },
    };
    return {
      view,
      calls,
      setOpen(is: boolean) {
        isOpen = is;
      },
    };
  }

  async function looked() {
    const store = memoryStore();
    const open = new OpenViews(store, new StoreClient(20, store), 20);
    const at = reopening();
    const owner = {};
    open.add(owner, at.view);
    await vi.advanceTimersByTimeAsync(10);
    expect(at.calls).toEqual(['write', 'end']);
    at.setOpen(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(at.calls).toEqual(['write', 'end', 'reopen']);
    expect(open.has(owner)).toBe(true);
    return { ...at, open, owner };
  }

  it('is opened and ended in turn, and corrected', async () => {
    const { calls, setOpen, open, owner } = await looked();
    setOpen(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(calls.slice(3)).toEqual(['correct', 'end']);
    expect(open.has(owner)).toBe(false);
    // Looked at four more times, and dropped.
    await vi.advanceTimersByTimeAsync(400_000);
    expect(open.size).toBe(0);
    expect(calls).toHaveLength(5);
  });

  it('is given up in the end if it stays open', async () => {
    const { calls, open } = await looked();
    await vi.advanceTimersByTimeAsync(620_000);
    expect(calls.slice(3)).toEqual(['correct', 'give up']);
    expect(open.incomplete).toBe(1);
    expect(open.size).toBe(0);
  });

  it('is given up when the process ends', async () => {
    const { calls, open } = await looked();
    open.stop();
    expect(calls.slice(3)).toEqual(['give up']);
    expect(open.incomplete).toBe(1);
  });
});

describe('a view that is stopped while the store is asked', () => {
  it('ends once', async () => {
    const inner = memoryStore();
    const store: SharedStore = {
      ...inner,
      read(keys) {
        open.stop();
        return inner.read(keys);
      },
    };
    const open = new OpenViews(store, new StoreClient(20, store), 20);
    const end = vi.fn();
    open.add({}, { ...viewOf(() => true), end });
    await vi.waitFor(() => expect(end).toHaveBeenCalled());
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(end.mock.calls).toEqual([[true]]);
  });
});
