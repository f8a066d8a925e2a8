import { describe, expect, it } from 'vitest';
import { MAX_COUNT, note, readCount, readSeconds, readUsd } from '../../src/usage/counts.js';

const noNotes = () => ({ anomaly: undefined as string | undefined });

describe('a count', () => {
  it.each([
    [7, 7],
    [-0, 0],
    ['7', 7],
    [' 7 ', 7],
    ['1e3', 1000],
    [7n, 7],
    [{ low: 7, high: 0 }, 7],
    [{ low: -1, high: 1, unsigned: true }, 2 ** 33 - 1],
    [MAX_COUNT, MAX_COUNT],
  ])('%s is read', (value, count) => {
    const notes = noNotes();
    expect(readCount(value, 'x', notes)).toBe(count);
    expect(notes.anomaly).toBeUndefined();
  });

  it.each([
    [-1, 'negative x'],
    [{ low: -1, high: -1 }, 'negative x'],
    [Number.NaN, 'unreadable x'],
    ['', 'unreadable x'],
    ['0x10', 'unreadable x'],
    [true, 'unreadable x'],
    [{}, 'unreadable x'],
    [[], 'unreadable x'],
    [1.5, 'unusable x'],
    [Number.POSITIVE_INFINITY, 'absurd x'],
    [10n ** 30n, 'absurd x'],
  ])('%s is refused and noted', (value, anomaly) => {
    const notes = noNotes();
    expect(readCount(value, 'x', notes)).toBeUndefined();
    expect(notes.anomaly).toBe(anomaly);
  });

  it.each([undefined, null])('%s is absent, not wrong', (value) => {
    const notes = noNotes();
    expect(readCount(value, 'x', notes)).toBeUndefined();
    expect(notes.anomaly).toBeUndefined();
  });
});

describe('seconds and dollars', () => {
  it('may have a fraction', () => {
    expect(readSeconds('36.5', 'x', noNotes())).toBe(36.5);
    expect(readUsd('0.0045', 'x', noNotes())).toBe(0.0045);
    expect(Object.is(readUsd(-0, 'x', noNotes()), 0)).toBe(true);
  });

  it('are refused like counts', () => {
    const notes = noNotes();
    expect(readSeconds(-1, 'seconds', notes)).toBeUndefined();
    expect(readUsd(2_000_000, 'cost', notes)).toBeUndefined();
    expect(notes.anomaly).toBe('negative seconds; unusable cost');
  });
});

describe('notes', () => {
  it('say each thing once, and stay short', () => {
    const notes = noNotes();
    for (let i = 0; i < 1000; i++) note(notes, `thing ${i % 100}`);
    expect(notes.anomaly?.length).toBeLessThan(300);
    const again = noNotes();
    note(again, 'a');
    note(again, 'a');
    expect(again.anomaly).toBe('a');
  });
});
