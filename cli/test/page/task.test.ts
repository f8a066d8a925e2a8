/** The screen of a task, and Explore: the tree by keyboard, where a figure is from, budgets, the check of the sum. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SumCheck, TaskDetail } from '../../src/task-answers.js';
import { buildPage, hasChromium, launch, openPage, screenshot } from './support/browser.js';
import { sampleDetail } from './support/fixture-detail.js';
import { FixtureViewer } from './support/fixture-server.js';

const ROW = '.tree-row';

describe.skipIf(!hasChromium)('a task', () => {
  let folder: string;
  let browser: Browser;
  let viewer: FixtureViewer;
  let opened: Awaited<ReturnType<typeof openPage>>;
  let page: Page;
  beforeAll(async () => {
    folder = await buildPage();
    browser = await launch();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    viewer = new FixtureViewer(folder);
    await viewer.listen();
  });
  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.close();
    await viewer.close();
  });

  /** Opens the task at this place of the samples; with other spans, if given. */
  const open = async (index: number, change?: (detail: TaskDetail) => TaskDetail, query = '') => {
    const id = viewer.tasks[index]?.id ?? '';
    const detail = viewer.detail(id);
    if (detail !== undefined && change !== undefined) viewer.details.set(id, change(detail));
    opened = await openPage(browser, `${viewer.url}/#/task/${id}${query}`);
    page = opened.page;
    await page.waitForSelector(ROW);
  };
  const tree = () => page.getByRole('treegrid');
  const activeText = () =>
    page.evaluate(() => {
      const id = document.querySelector('[role="treegrid"]')?.getAttribute('aria-activedescendant') ?? '';
      return document.getElementById(id)?.querySelector('.span-name')?.textContent;
    });

  it('shows own cost and roll-up side by side, and each state in words or shapes', async () => {
    await open(4);
    const rows = await page.locator(ROW).allInnerTexts();
    const row = (text: string) => rows.find((one) => one.includes(text)) ?? '';
    expect(row('research')).toContain('$0.3120');
    expect(row('researcher')).toMatch(/\$0\.06751\s*\+/);
    expect(row('gpt-4o-mini')).toMatch(/estimated[\s\S]*≈/);
    expect(row('house-model')).toMatch(/unpriced[\s\S]*unknown/);
    expect(row('house-model')).not.toContain('$0');
    expect(row('✕ failed')).toContain('chat gpt-4o');
    expect(row('attempt 2')).toContain('$0.02251');
    expect(row('refused by task budget')).not.toContain('$');
    expect(row('ChatCompletion')).toContain('priced in the viewer');
    expect(row('not billed')).toContain('–');
  });

  it('is walked by keyboard, and Enter shows where the figure is from', async () => {
    await open(4);
    await tree().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await activeText()).toBe('step 1');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.querySelectorAll('.tree-row').length === 13);
    expect(await page.locator(`${ROW}[aria-expanded="false"]`).count()).toBe(1);
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.querySelectorAll('.tree-row').length === 15);
    await page.keyboard.press('End');
    expect(await activeText()).toContain('vector_store_query');
    await page.keyboard.press('Home');
    expect(await activeText()).toBe('research');
    for (let index = 0; index < 3; index += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: 'Where the figures are from' });
    await panel.locator('.arithmetic').waitFor();
    const text = (await panel.innerText()).replace(/\s+/g, ' ');
    expect(text).toContain('input tokens 5,000 $2.5 a million $0.0125');
    expect(text).toContain('output tokens 1,000 $10 a million $0.01');
    expect(text).toContain('✓ Adds up to the cost of the span $0.0225');
    expect(text).toContain('genai-prices/openai/gpt-4o@0.1.8');
    expect(text).toContain('of 2026-11-12');
    expect(page.url()).toContain('span=');
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('span=');
  });

  it('says where lines do not add up', async () => {
    viewer.arithmetic = {
      own: (sampleDetail(viewer.tasks[4] as (typeof viewer.tasks)[number]).nodes[3]?.own ?? null) as never,
      lines: [{ label: 'Input', quantity: '10', unit: 'token', usdPerUnit: '0.1', pico: '1000000000000' }],
      notes: [],
      addsUp: false,
    };
    await open(4);
    await page.locator(ROW).nth(3).click();
    await page.getByText('✕ Does not add up to the cost of the span').waitFor();
  });

  it('is a link: the span is selected, its branch open, its panel there', async () => {
    const id = viewer.tasks[7]?.id ?? '';
    const large = sampleDetail(viewer.tasks[7] as (typeof viewer.tasks)[number], 4_985);
    viewer.details.set(id, large);
    const last = large.nodes.at(-1);
    await open(7, undefined, `?span=${last?.spanId}`);
    await page.locator(`${ROW}.selected`).waitFor();
    expect(await page.locator(`${ROW}.selected .span-name`).innerText()).toBe(last?.name);
    expect(await page.locator(`${ROW}.selected`).isVisible()).toBe(true);
    expect(await page.locator(ROW).count()).toBeLessThan(100);
    await page.locator('.provenance').waitFor();
    await screenshot(page, 'task-5000-spans');
    await tree().focus();
    const started = Date.now();
    await page.keyboard.press('Home');
    await page.waitForFunction(() => document.querySelector('.tree')?.scrollTop === 0);
    expect(Date.now() - started).toBeLessThan(1_000);
  });

  it('shows budgets as bars with what is left, and refusals as marks that lead to their spans', async () => {
    await open(4);
    const bars = page.getByRole('meter');
    expect(await bars.count()).toBe(3);
    expect(await bars.nth(0).getAttribute('aria-valuetext')).toBe('used up');
    expect(await bars.nth(1).getAttribute('aria-valuenow')).toBe('26');
    const texts = await page.locator('.budget').allInnerTexts();
    expect(texts[0]?.replace(/\s+/g, ' ')).toContain('$0.3120 of $0.30, ✕ used up');
    expect(texts[1]?.replace(/\s+/g, ' ')).toContain('$1.312 of $5.00, $3.688 left');
    expect(texts[2]?.replace(/\s+/g, ' ')).toContain('12 of 20, 8 left');
    expect(await page.locator('.budget .refusal').count()).toBe(1);
    await page.getByText(/1\srefused call/).click();
    await page.locator('.refusals a').click();
    await page.locator('.provenance').waitFor();
    expect(await page.locator('.provenance').innerText()).toContain('by the budget of the task (usd)');
  });

  it.each<[SumCheck['state'], string, RegExp]>([
    ['equal', '312004500123', /✓ Own costs \$0\.3120 = roll-up \$0\.3120/],
    ['waiting', '312004500123', /Waiting for the rest of the spans/],
    ['spans_missing', '312004500124', /Spans missing: .*\$0\.000000000001 is on spans/],
    [
      'differs',
      '312004500124',
      /✕ Own costs \$0\.3120 ≠ roll-up \$0\.3120: a difference of \$0\.000000000001/,
    ],
  ])('whose sum is %s says so', async (state, rollUpPico, text) => {
    await open(4, (detail) => ({
      ...detail,
      check: { state, ownPico: '312004500123', remotePico: '0', rollUpPico },
    }));
    const line = page.locator('.check');
    expect((await line.innerText()).replace(/\s+/g, ' ')).toMatch(text);
    const colour = await line.evaluate((node) => getComputedStyle(node).color);
    expect(colour === 'rgb(180, 35, 42)').toBe(state === 'differs');
  });

  it('that is not known is told in words', async () => {
    opened = await openPage(browser, `${viewer.url}/#/task/none`);
    page = opened.page;
    await page.getByText('no such task or span').waitFor();
  });

  it('that is running grows while nobody reads, and holds still under the pointer', async () => {
    await open(0);
    expect(await page.locator('.task-head').innerText()).toContain('Total so far');
    const grow = (extra: number) => {
      const task = viewer.tasks[0] as (typeof viewer.tasks)[number];
      viewer.details.set(task.id, sampleDetail(task, extra));
      viewer.change();
    };
    grow(1);
    await page.getByText('chat call 1', { exact: true }).waitFor();
    await page.locator(ROW).nth(3).hover();
    grow(3);
    await page.getByRole('button', { name: '2 new' }).waitFor();
    expect(await page.getByText('chat call 3', { exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: '2 new' }).click();
    await page.getByText('chat call 3', { exact: true }).waitFor();
  });

  it('changes its figures when its cost changes', async () => {
    await open(4);
    const task = viewer.tasks[4] as (typeof viewer.tasks)[number];
    const changed = { ...task, total: { ...task.total, pico: '987654321098' } };
    viewer.details.set(task.id, sampleDetail(changed));
    viewer.change();
    await page.locator('.task-head .money', { hasText: '$0.9877' }).first().waitFor();
    expect(await page.locator('.task-head .figure.main .money').getAttribute('title')).toBe(
      '$0.987654321098',
    );
  });

  it('is grouped in Explore by any key, with a row of totals and a file with all digits', async () => {
    opened = await openPage(browser, `${viewer.url}/#/explore?by=team&window=24h`);
    page = opened.page;
    await page.waitForSelector('.explore tbody tr');
    expect(await page.locator('.explore tbody th').allInnerTexts()).toEqual(
      expect.arrayContaining(['search', 'growth']),
    );
    const total = await page.locator('.explore tfoot .total .money').getAttribute('data-usd');
    const parts = await page
      .locator('.explore tbody .total .money')
      .evaluateAll((nodes) => nodes.map((node) => (node as HTMLElement).dataset.usd ?? ''));
    const pico = (usd: string | null | undefined) => {
      const [whole = '', fraction = ''] = (usd ?? '').split('.');
      return BigInt(whole + fraction.padEnd(12, '0'));
    };
    expect(parts.reduce((sum, part) => sum + pico(part), 0n)).toBe(pico(total));
    const csv = (await page.getByRole('link', { name: 'CSV' }).getAttribute('href')) ?? '';
    expect(new URLSearchParams(csv.split('?')[1]).get('by')).toBe('team');
    expect(new URLSearchParams(csv.split('?')[1]).get('window')).toBe('24h');
    await page.getByText('Model', { exact: true }).click();
    await page.waitForFunction(() => document.querySelector('.explore tbody th')?.textContent?.includes('-'));
    expect(page.url()).toContain('by=model');
    await page.getByLabel('Filter groups').fill('claude');
    await page.waitForFunction(() => document.querySelectorAll('.explore tbody tr').length === 1);
    await page.getByRole('button', { name: 'Tokens' }).click();
    expect(await page.locator('.explore th[aria-sort]').innerText()).toContain('Tokens');
  });
});
