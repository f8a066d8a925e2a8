import { describe, expect, it } from 'vitest';
import { alignedTable } from '../../src/text/columns.js';

describe('columns', () => {
  it('are text at the left, numbers at the right, and amounts with their points below each other', () => {
    const rows = [
      ['name', 'n', 'usd', 'end'],
      ['a', '1,000', '$0.1', 'x'],
      ['long name', '5', '$12.3456', ''],
      ['b', '10', '–', 'y'],
    ];
    expect(alignedTable(rows, ['text', 'number', 'amount'])).toEqual([
      'name           n       usd  end',
      'a          1,000   $0.1     x',
      'long name      5  $12.3456',
      'b             10         –  y',
    ]);
  });

  it('may be missing', () => {
    expect(alignedTable([['a'], ['b', 'c']], [])).toEqual(['a', 'b  c']);
    expect(alignedTable([], [])).toEqual([]);
  });
});
