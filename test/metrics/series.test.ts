import type { Attributes } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CountRow } from '../../src/metrics/rows.js';
import { Series } from '../../src/metrics/series.js';

const KEYS = ['a', 'b', 'c'] as const;
const newSeries = (maxSeries?: number) => new Series((labels: Attributes) => new CountRow(labels), maxSeries);

describe('rows by their labels', () => {
  it('are the same for the same values, and leave out labels without one', () => {
    const series = newSeries();
    const row = series.row(KEYS, ['x', undefined, 'z']);
    expect(series.row(KEYS, ['x', undefined, 'z'])).toBe(row);
    expect(row.labels).toEqual({ a: 'x', c: 'z' });
  });

  it('are not confused by values that look alike when they are joined', () => {
    const series = newSeries();
    const values = [
      ['x', 'y', undefined],
      ['xy', undefined, undefined],
      ['x', undefined, 'y'],
      ['', 'x', 'y'],
      [undefined, 'x', 'y'],
    ];
    expect(new Set(values.map((path) => series.row(KEYS, path))).size).toBe(values.length);
  });

  it('cut a value that is too long for a name', () => {
    const series = newSeries();
    const row = series.row(KEYS, ['x'.repeat(1000), undefined, undefined]);
    expect(row.labels).toEqual({ a: 'x'.repeat(200) });
    expect(series.row(KEYS, ['x'.repeat(999), undefined, undefined])).toBe(row);
  });

  it('are bounded, and the rest is summed under the overflow label', () => {
    const value = fc.constantFrom(undefined, '', 'a', 'b', 'c');
    const paths = fc.array(fc.tuple(value, value, value), { maxLength: 60 });
    fc.assert(
      fc.property(paths, fc.integer({ min: 1, max: 20 }), (postings, maxSeries) => {
        const series = newSeries(maxSeries);
        const kept = new Set<string>();
        let beyond = 0;
        for (const path of postings) {
          const key = JSON.stringify(path.map((label) => label ?? null));
          if (kept.size < maxSeries) kept.add(key);
          if (!kept.has(key)) beyond += 1;
          series.row(KEYS, path).count += 1;
        }
        const rows = series.rows();
        expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(postings.length);
        expect(rows.length).toBe(kept.size + (beyond > 0 ? 1 : 0));
        expect(series.overflow?.count ?? 0).toBe(beyond);
        if (beyond > 0) expect(series.overflow?.labels).toEqual({ 'otel.metric.overflow': true });
      }),
    );
  });
});
