import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvColumn, type CsvRow, csvOf } from '../../src/export/csv.js';
import { each } from '../support/leaf.js';

const COLUMNS: readonly CsvColumn[] = [
  { name: 'name', kind: 'text' },
  { name: 'usd', kind: 'number' },
];

async function csv(rows: readonly CsvRow[]): Promise<string> {
  let text = '';
  for await (const chunk of csvOf(COLUMNS, each(rows))) text += chunk;
  return text;
}

describe('CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝1', '-1.5'])('marks %j as text', async (name) => {
    const [row] = parse(await csv([{ name, usd: '1' }]), { columns: true });
    expect(row).toEqual({ name: `'${name}`, usd: '1' });
  });

  it('keeps numbers, negative ones too, and all their digits', async () => {
    const rows = [{ usd: '-0.000000000001' }, { usd: -5 }, { usd: 12345678901234567890n }, { usd: 0.1 }];
    expect(await csv(rows)).toBe('name,usd\n,-0.000000000001\n,-5\n,12345678901234567890\n,0.1\n');
  });

  it('marks text in a column of numbers', async () => {
    expect(await csv([{ usd: '-1+cmd' }])).toBe("name,usd\n,'-1+cmd\n");
  });

  it('leaves unknown values empty, and writes no 0 for them', async () => {
    expect(
      await csv([
        { name: null, usd: undefined },
        { usd: 0, name: '' },
      ]),
    ).toBe('name,usd\n,\n,0\n');
  });

  it('has a header without rows', async () => {
    expect(await csv([])).toBe('name,usd\n');
  });

  it('comes back as it was, whatever is in the text', async () => {
    const text = fc.string({ unit: 'binary' }).map((name) => Buffer.from(name).toString());
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 20 }), async (names) => {
        const rows: { name?: string }[] = parse(await csv(names.map((name) => ({ name, usd: 1 }))), {
          columns: true,
        });
        const marked = names.map((name) => (/^[=+\-@\t\r＝＋－＠]/.test(name) ? `'${name}` : name));
        expect(rows.map((row) => row.name)).toEqual(marked);
      }),
    );
  });

  it('is written in pieces', async () => {
    const pieces: string[] = [];
    const rows = Array.from({ length: 1201 }, (_, usd) => ({ usd }));
    for await (const piece of csvOf(COLUMNS, rows)) pieces.push(piece);
    expect(pieces).toHaveLength(4);
    expect(pieces.join('').split('\n')).toHaveLength(1203);
  });
});
