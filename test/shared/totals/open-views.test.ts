import { describe, expect, it, vi } from 'vitest';
import { memoryStore } from '../../../src/shared/store/memory-store.js';
import { StoreClient } from '../../../src/shared/store/store-client.js';
import { type OpenView, OpenViews } from '../../../src/shared/totals/open-views.js';

function viewOf(
  apply: () => boolean,
): OpenView & { write: ReturnType<typeof vi.fn<(isRead: boolean) => void>> } {
  return { keys: [], apply, write: vi.fn(), correct: () => {}, end: () => {}, applied: undefined };
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
