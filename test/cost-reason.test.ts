import { describe, expect, it } from 'vitest';
import { COST_REASONS, firstReason } from '../src/cost-reason.js';

describe('of two reasons', () => {
  it('the one that stands first in the list is written', () => {
    expect(firstReason('prefix_match', 'dropped_cache')).toBe('dropped_cache');
    expect(firstReason('dropped_cache', 'prefix_match')).toBe('dropped_cache');
    expect(firstReason('stream_cut', 'stream_cut')).toBe('stream_cut');
  });

  it('the only one is', () => {
    expect(firstReason('no_usage', undefined)).toBe('no_usage');
    expect(firstReason(undefined, 'no_usage')).toBe('no_usage');
    expect(firstReason(undefined, undefined)).toBeUndefined();
  });

  it('none has two statuses', () => {
    const words: string[] = Object.values(COST_REASONS).flat();
    expect(new Set(words).size).toBe(words.length);
  });
});
