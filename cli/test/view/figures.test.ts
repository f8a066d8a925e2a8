/** Every figure of the page, compared with the ledger of the app that sent the spans. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Distribution } from '../../src/api.js';
import { hasChromium, launch, openPage, screenshot } from '../page/support/browser.js';
import {
  type Ledger,
  type LedgerTotals,
  runAgents,
  startViewer,
  type ViewerProcess,
} from './support/viewer-process.js';

/** The amount with all digits, as the page copies it: at least cents. */
function plain(usd: number): string {
  const pico = BigInt(Math.round(usd * 1e12))
    .toString()
    .padStart(13, '0');
  return `${pico.slice(0, -12)}.${pico.slice(-12).replace(/0+$/, '').padEnd(2, '0')}`;
}

/** The full amounts in some cells. */
function amounts(page: Page, selector: string): Promise<(string | null)[]> {
  return page
    .locator(selector)
    .evaluateAll((cells) =>
      cells.map((cell) => cell.querySelector('[data-usd]')?.getAttribute('data-usd') ?? null),
    );
}

/** The rows of a table of groups: key to cost. */
async function groups(page: Page, url: string, by: string): Promise<Record<string, string | null>> {
  await page.goto(`${url}/#/explore?by=${by}`);
  // The answer is that of this group, no longer of the one before.
  await page.waitForFunction(
    (name) =>
      document.querySelector('caption')?.textContent?.toLowerCase().includes(name) === true &&
      document.querySelector('.stale') === null,
    by,
  );
  const keys = await page
    .locator('tbody tr th')
    .evaluateAll((cells) =>
      cells.map((cell) => cell.firstElementChild?.textContent ?? cell.textContent ?? ''),
    );
  const costs = await amounts(page, 'tbody tr td:nth-child(2)');
  return Object.fromEntries(keys.map((key, index) => [key.trim(), costs[index] ?? null]));
}

/** Sums of exact amounts over tasks. */
function summed(ledger: Ledger, of: (totals: LedgerTotals) => Record<string, { costUsd: number }>) {
  const sums: Record<string, number> = {};
  for (const { totals } of ledger.tasks) {
    for (const [name, { costUsd }] of Object.entries(of(totals))) {
      sums[name] = (sums[name] ?? 0) + Math.round(costUsd * 1e12);
    }
  }
  return Object.fromEntries(Object.entries(sums).map(([name, pico]) => [name, plain(pico / 1e12)]));
}

/** The nearest-rank percentile, as the viewer defines it. */
function percentile(sorted: readonly number[], p: number): number {
  return sorted[Math.ceil(p * sorted.length) - 1] ?? Number.NaN;
}

describe.skipIf(!hasChromium)('the figures of the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  // Two prices: a figure that does not follow the ledger is equal in both runs.
  describe.each([0.005, 0.0173])('with searches of $%d', (searchUsd) => {
    let viewer: ViewerProcess;
    let ledger: Ledger;
    let page: Page;
    let opened: Awaited<ReturnType<typeof openPage>>;
    beforeAll(async () => {
      viewer = await startViewer();
      ledger = await runAgents(viewer.url, searchUsd);
      opened = await openPage(browser, `${viewer.url}/`, { width: 1440, height: 1100 });
      page = opened.page;
      await page.waitForFunction(
        (count) => document.querySelectorAll('.tasks tbody tr').length === count,
        ledger.tasks.length,
      );
    });
    afterAll(async () => {
      await opened.close();
      expect(opened.faults).toEqual([]);
      expect(await viewer.stop()).toBe(0);
    });

    it('has the total of each task, its parts, tokens and steps', async () => {
      await screenshot(page, `view-overview-${searchUsd}`);
      const shown = await page.locator('.tasks tbody tr').evaluateAll((rows) =>
        rows.map((row) => {
          const usd = (nth: number) =>
            row.children[nth]?.querySelector('[data-usd]')?.getAttribute('data-usd');
          return [
            row.querySelector('.id')?.textContent,
            usd(5),
            usd(6),
            usd(7),
            row.children[4]?.getAttribute('title'),
            row.children[3]?.textContent,
          ];
        }),
      );
      const booked = ledger.tasks.map(({ id, totals }) => [
        id,
        plain(totals.llmCostUsd),
        plain(totals.toolCostUsd),
        plain(totals.costUsd),
        `${totals.inputTokens.toLocaleString('en-US')} in, ${totals.outputTokens.toLocaleString('en-US')} out`,
        String(totals.steps),
      ]);
      expect(shown.sort()).toEqual(booked.sort());
    });

    it('has what was spent, and marks it as a lower bound', async () => {
      const spent = page.locator('.ticker', { hasText: 'Spent' });
      const shown = await spent
        .locator('[data-usd]')
        .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-usd')));
      expect(shown).toContain(plain(ledger.session.costUsd));
      expect(shown).toContain(plain(ledger.session.wastedCostUsd));
      expect(ledger.session.costComplete).toBe(false);
      expect(await spent.locator('.plus').count()).toBeGreaterThan(0);
    });

    it('shows the ninth task of a name in red, and says why', async () => {
      const [longest] = [...ledger.tasks].sort((a, b) => b.totals.costUsd - a.totals.costUsd);
      const red = page.locator('.tasks tbody tr.outlier');
      expect(await red.locator('.id').allInnerTexts()).toEqual([longest?.id]);
      expect(await red.locator('.reason').innerText()).toMatch(/× the median/);
    });

    it('has the percentiles of the ended tasks', async () => {
      const costs = ledger.tasks.map(({ totals }) => totals.costUsd).sort((a, b) => a - b);
      expect(await amounts(page, '.percentiles tbody tr td:nth-child(2)')).toEqual(
        [0.5, 0.9, 0.99].map((p) => plain(percentile(costs, p))),
      );
      const response = await fetch(`${viewer.url}/api/distribution?window=auto`);
      const answer = (await response.json()) as Distribution;
      expect(answer.bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(costs.length);
    });

    it('has the cost by model, tool, team, task name and session', async () => {
      const models = summed(ledger, (totals) => totals.byModel);
      const byModel = await groups(page, viewer.url, 'model');
      for (const [name, usd] of Object.entries(models))
        if (usd !== '0.00') expect([name, byModel[name]]).toEqual([name, usd]);
      const byTool = await groups(page, viewer.url, 'tool');
      for (const [name, usd] of Object.entries(summed(ledger, (totals) => totals.byTool)))
        expect([name, byTool[name]]).toEqual([name, usd]);
      await screenshot(page, `view-explore-${searchUsd}`);
      expect(await groups(page, viewer.url, 'session')).toEqual({ figures: plain(ledger.session.costUsd) });
      const byName = await groups(page, viewer.url, 'task');
      const names = summed(
        {
          ...ledger,
          tasks: ledger.tasks.map((task) => ({
            ...task,
            totals: { ...task.totals, byTool: { [task.name]: task.totals } },
          })),
        },
        (totals) => totals.byTool,
      );
      expect(byName).toEqual(names);
    });

    it('has a tree whose own costs add up, and the arithmetic of a call', async () => {
      const task = ledger.tasks.find(({ name }) => name === 'research');
      await page.goto(`${viewer.url}/#/task/${task?.id}`);
      await page.waitForSelector('[role=treegrid] [role=row], [role=tree] [role=treeitem]');
      // The sum is checked when the spans have had time to arrive.
      await page.waitForSelector('.check.equal', { timeout: 30_000 });
      expect(await page.locator('.check').getAttribute('class')).toContain('equal');
      await screenshot(page, `view-task-${searchUsd}`);
      await page.getByText('chat gpt-4o').first().click();
      await page.waitForSelector('.arithmetic');
      const lines = await amounts(page, '.arithmetic tbody tr td:last-child');
      const [total] = await amounts(page, '.arithmetic tfoot td:last-child');
      const sum = lines.reduce((at, usd) => at + Math.round(Number(usd) * 1e12), 0);
      expect(plain(sum / 1e12)).toBe(total);
      await screenshot(page, `view-arithmetic-${searchUsd}`);
    });

    it('shows the budget and the call that it refused', async () => {
      const task = ledger.tasks.find(({ name }) => name === 'limited');
      await page.goto(`${viewer.url}/#/task/${task?.id}`);
      await page.waitForSelector('.budget');
      const budget = (await page.locator('.budget').first().innerText()).replace(/\s+/g, ' ');
      expect(budget).toContain('$0.00055 of $0.001, $0.00045 left, ✕ too little for a call');
      await page.getByText(/2\srefused calls/).click();
      expect(await page.locator('.budget .refusal').count()).toBe(2);
      expect(await page.locator('.refusals a').allInnerTexts()).toEqual(['chat gpt-4o', 'chat gpt-4o']);
      await screenshot(page, `view-budget-${searchUsd}`);
      await page.goto(`${viewer.url}/`);
    });
  });
});
