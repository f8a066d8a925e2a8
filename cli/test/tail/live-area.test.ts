import { describe, expect, it } from 'vitest';
import { LiveArea } from '../../src/tail/live-area.js';

/** The screen of a terminal after this text: the two codes that the area uses are carried out. */
function shownBy(text: string): string[] {
  const lines = [''];
  let row = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes that the area writes
  for (const [, code, feed, rest = ''] of text.matchAll(/(\u001b\[\d*[AJ])|(\n)|([^\u001b\n]+)/g)) {
    if (code?.endsWith('A')) row -= Number(code.slice(2, -1));
    else if (code !== undefined) lines.splice(row, lines.length, '');
    else if (feed !== undefined) {
      row++;
      lines[row] ??= '';
    } else lines[row] += rest;
  }
  return lines;
}

function area(rows: number, columns?: number) {
  const written: string[] = [];
  const live = new LiveArea({ write: (text: string) => written.push(text), rows, columns });
  return { live, written, shown: () => shownBy(written.join('')) };
}

describe('the live area', () => {
  it('replaces its lines in place, and keeps what is printed above', () => {
    const { live, shown } = area(10);
    live.show(['a', 'b']);
    live.show(['c']);
    live.print(['done']);
    live.show(['d', 'e']);
    live.show([]);
    live.print(['end']);
    expect(shown()).toEqual(['done', 'end', '']);
  });

  it('shows the last lines when there are more than rows', () => {
    const { live, shown } = area(4);
    live.show(['1', '2', '3', '4', '5']);
    expect(shown()).toEqual(['3', '4', '5', '']);
  });

  it('counts the rows of a long line', () => {
    const { live, written } = area(10, 10);
    live.show(['\u001b[1m123456789012345\u001b[0m']);
    live.show(['x']);
    expect(written.join('')).toContain('\u001b[2A\u001b[0J');
  });
});
