/** A table of rows: a title, and a tree with the bills that section 4 of the design asks for. */
import { expect, it } from 'vitest';
import { startTracing } from '../tracing.js';
import { toolName } from './attributes.js';
import { Bills } from './bills.js';
import { runTree } from './run.js';
import { allLines, parseTree, printTree } from './tree.js';

export type Rows = Readonly<Record<string, string>>;

/** One test for each row: the tree is run as it stands, and all bills are compared. */
export function billsAsWritten(rows: Rows): void {
  it.each(Object.entries(rows))('%s', async (_, text) => {
    const roots = parseTree(text);
    const { spans, cost } = startTracing({ cost: { tools: pricedTools(roots) } });
    const { spanIds } = await runTree(roots);
    await cost.shutdown();
    const bills = new Bills(spans(), spanIds);
    expect(printTree(roots, (line) => bills.of(line))).toBe(printTree(roots, (line) => line.bills));
    // Law 1: own cost of all spans is the roll-up of the outermost scopes as last stated.
    const further = allLines(roots).filter(({ flags }) => flags.has('root') || flags.has('remote'));
    const totals = [...roots, ...further].map((line) => bills.lastTotal(line));
    if (totals.slice(0, roots.length).every((total) => total !== undefined))
      expect(bills.sum).toBe(totals.reduce<number>((sum, total = 0) => sum + total, 0));
    expect(cost.stats.internalErrors).toBe(0);
  });
}

function pricedTools(roots: ReturnType<typeof parseTree>): Record<string, { costUsd: number }> {
  const priced = allLines(roots).filter(({ kind, usd }) => kind === 'execute_tool' && usd !== undefined);
  return Object.fromEntries(priced.map(({ usd = 0 }) => [toolName(usd), { costUsd: usd }]));
}
