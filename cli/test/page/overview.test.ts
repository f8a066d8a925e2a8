/** The overview as a person uses it: sort, filter, read while tasks arrive, look at an outlier. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPage, hasChromium, launch, openPage, screenshot } from './support/browser.js';
import { sampleStatus } from './support/fixture-data.js';
import { FixtureViewer, TOKEN } from './support/fixture-server.js';
import { taskRow } from './support/fixture-tasks.js';

const ROWS = '.tasks tbody tr';

function texts(page: Page, selector: string): Promise<string[]> {
  return page.locator(selector).allInnerTexts();
}

describe.skipIf(!hasChromium)('the overview', () => {
  let folder: string;
  let browser: Browser;
  let viewer: FixtureViewer;
  let opened: Awaited<ReturnType<typeof openPage>>;
  let page: Page;
  const open = async (path = '', options = {}) => {
    opened = await openPage(browser, `${viewer.url}/${path}`, options);
    page = opened.page;
    await page.waitForSelector(ROWS);
  };
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
  const arrive = (name: string, index = 900) => {
    viewer.tasks = [taskRow(index, viewer.nowMillis + 82_000 * index, { name }), ...viewer.tasks];
    viewer.change();
  };
  const arrived = (name: string) => page.getByRole('link', { name });
  const firstName = () => page.locator(`${ROWS} .task-name`).first().innerText();

  it('sorts by each column, says so to screen readers, and keeps it in the address', async () => {
    await open();
    await page.getByRole('button', { name: 'Total' }).click();
    await page.waitForFunction(() =>
      document.querySelector('.tasks tbody .total')?.textContent?.includes('$0.3120'),
    );
    expect(await page.locator('.tasks th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    expect(page.url()).toContain('sort=total&dir=desc');
    await page.getByRole('button', { name: 'Total' }).click();
    await page.waitForFunction(() =>
      document.querySelector('.tasks tbody .total')?.textContent?.includes('1234'),
    );
    expect(await page.locator('.tasks th[aria-sort]').getAttribute('aria-sort')).toBe('ascending');
    await page.reload();
    await page.waitForSelector(ROWS);
    expect(await page.locator(`${ROWS} .total`).first().innerText()).toContain('$0.000000001234');
  });

  it('filters by text, outcome and kind', async () => {
    await open();
    await page.getByLabel('Filter tasks').fill('nightly');
    await page.waitForFunction(() => document.querySelectorAll('.tasks tbody tr').length === 60);
    await page.getByLabel('Outcome').selectOption('failure');
    await page.waitForFunction(() => document.querySelectorAll('.tasks tbody tr').length < 10);
    expect(new Set(await texts(page, `${ROWS} .outcome`))).toEqual(new Set(['✕ failure']));
    await page.getByLabel('Filter tasks').fill('no such task');
    await page.getByText('No task matches.').waitFor();
    await page.goto(`${viewer.url}/#/?only=outliers`);
    await page.waitForFunction(() => document.querySelectorAll('.tasks tbody tr').length === 2);
    await page.goto(`${viewer.url}/#/?sort=nonsense&outcome=nonsense&window=nonsense`);
    await page.waitForFunction(() => document.querySelectorAll('.tasks tbody tr').length === 100);
  });

  it('says in words why a row is red, and what is missing or estimated', async () => {
    await open();
    const outlier = page.locator(`${ROWS}.outlier`).first();
    expect(await outlier.innerText()).toContain('▲ 2.4 × the median: 3 retries, $0.03');
    const colour = (selector: string) =>
      outlier.locator(selector).evaluate((node) => getComputedStyle(node).color);
    expect(await colour('.total')).toBe('rgb(180, 35, 42)');
    const rows = await texts(page, ROWS);
    expect(rows[0]).toMatch(/so far\s+\$0\.03124\s*\+/);
    expect(rows[2]).toContain('2 unpriced');
    expect(rows[3]).toMatch(/≈\s*estimated\s+\$0\.009120/);
    expect(rows[4]).toContain('over budget');
    expect(rows[5]).toContain('priced in the viewer');
    expect(await page.locator(`${ROWS} .total .money`).nth(3).getAttribute('title')).toBe(
      '$0.009120045\n≈ $0.001 of it is estimated',
    );
    expect(await page.locator('.tasks').innerText()).not.toContain('<$0.01');
  });

  it('shows new tasks at once while nobody reads', async () => {
    await open();
    arrive('just arrived');
    await arrived('just arrived').waitFor({ timeout: 3_000 });
  });

  it('holds still under the pointer: a pill says how many are new, and shows them', async () => {
    await open();
    const before = await firstName();
    await page.locator(ROWS).nth(4).hover();
    for (let index = 0; index < 12; index += 1) arrive('arrived while reading', 900 + index);
    const pill = page.getByRole('button', { name: '12 new' });
    await pill.waitFor();
    await screenshot(page, 'holding-still');
    expect(await firstName()).toBe(before);
    await pill.click();
    await pill.waitFor({ state: 'detached' });
    expect(await firstName()).toBe('arrived while reading');
    await page.locator(ROWS).nth(4).hover();
    arrive('one more', 990);
    await page.getByRole('button', { name: '1 new', exact: true }).waitFor();
    await page.mouse.move(640, 20);
    await arrived('one more').waitFor();
  });

  it('holds still while it is scrolled, has the focus, is selected, or is paused; the ticker goes on', async () => {
    await open();
    const box = page.getByRole('group', { name: 'Table of tasks' });
    const isHeld = async (name: string) => {
      // Browsers tell of a scroll or a selection with the next frame.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
      arrive(name, 900 + viewer.tasks.length);
      await page.locator('.tasks .pill').waitFor();
      expect(await firstName()).not.toBe(name);
    };
    await box.evaluate((element) => element.scrollTo(0, 50));
    await isHeld('while scrolled');
    await box.evaluate((element) => element.scrollTo(0, 0));
    await arrived('while scrolled').waitFor();

    await page.keyboard.press('Tab');
    await box.focus();
    await isHeld('while focused');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await arrived('while focused').waitFor();

    await page
      .locator(`${ROWS} .total .money`)
      .nth(2)
      .evaluate((node) => document.getSelection()?.selectAllChildren(node));
    await isHeld('while selected');
    await page.evaluate(() => document.getSelection()?.removeAllRanges());
    await arrived('while selected').waitFor();

    await page.getByRole('button', { name: 'Pause: hold the view still' }).click();
    const spent = page.locator('.figure', { hasText: 'Spent' }).locator('dd .money').first();
    const before = await spent.getAttribute('title');
    await isHeld('while paused');
    await page.waitForFunction(
      (old) => document.querySelectorAll('.figure dd .money')[1]?.getAttribute('title') !== old,
      before,
    );
    await page.getByRole('button', { name: 'Pause: hold the view still' }).click();
    await arrived('while paused').waitFor();
  });

  it('asks at most twice a second, however fast spans arrive', async () => {
    await open();
    await page.waitForTimeout(600);
    viewer.requests.length = 0;
    const started = Date.now();
    for (let index = 0; index < 100; index += 1) {
      viewer.change();
      await page.waitForTimeout(15);
    }
    await page.waitForTimeout(700);
    const asked = viewer.requests.filter((request) => request.includes('/api/tasks')).length;
    expect(asked).toBeGreaterThanOrEqual(2);
    // One that was due before the start, and one for the time after the last change.
    expect(asked).toBeLessThanOrEqual((Date.now() - started) / 500 + 2);
  });

  it('says that it is disconnected, and finds the viewer again', async () => {
    await open();
    const port = Number(new URL(viewer.url).port);
    await viewer.close();
    await page.getByText('Disconnected: the figures are from before.').waitFor();
    await screenshot(page, 'disconnected');
    expect(await page.locator(ROWS).count()).toBe(100);
    viewer = new FixtureViewer(folder);
    viewer.tasks = [taskRow(950, viewer.nowMillis + 1e9, { name: 'after the break' }), ...viewer.tasks];
    await viewer.listen(port);
    await arrived('after the break').waitFor();
    await page.waitForFunction(() => document.querySelector('.live-label')?.textContent === 'Live');
    opened.faults.length = 0;
  });

  it('shows the distribution of one task name, and narrows the tasks to it', async () => {
    await open();
    await page.getByLabel('Task name').selectOption('research');
    await page.waitForFunction(() => document.querySelectorAll('.tasks tbody tr').length === 60);
    await page.locator('.distribution .note', { hasText: /^59\stasks$/ }).waitFor();
    expect(await texts(page, '.percentiles .drift')).toHaveLength(3);
    await page.getByRole('button', { name: /show all names/ }).click();
    await page.waitForFunction(() => document.querySelectorAll('.tasks tbody tr').length === 100);
  });

  it('leads from an opportunity to the span that proves it, and shows no empty tile', async () => {
    await open();
    const first = page.locator('.opportunities li').first();
    expect(await first.innerText()).toContain('$0.12');
    await first.getByRole('button', { name: '9 more' }).click();
    expect(await first.locator('a').count()).toBe(12);
    await first.locator('a').first().click();
    await page.waitForSelector('.provenance');
    viewer.opportunities = [];
    await page.goBack();
    await page.waitForSelector(ROWS);
    await page.waitForTimeout(300);
    expect(await page.locator('.opportunities').count()).toBe(0);
  });

  it('is as one left it when one comes back from a task, and each screen starts at its top', async () => {
    await open('#/?sort=name&dir=asc');
    const box = page.getByRole('group', { name: 'Table of tasks' });
    await box.evaluate((element) => element.scrollTo(0, 700));
    await page.waitForTimeout(100);
    await page.locator(`${ROWS} .task-name`).nth(30).click();
    await page.waitForSelector('.tree-row');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    await page.goBack();
    await page.waitForSelector(ROWS);
    await page.waitForFunction(() => document.querySelector('.scrolls')?.scrollTop === 700);
  });

  it('says where the spans are kept', async () => {
    await open();
    await page.getByText('in memory: gone when the viewer stops').waitFor();
  });

  it('zooms into a part of the chart', async () => {
    await open();
    const chart = page.locator('.u-over');
    await chart.waitFor();
    const box = await chart.boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.move(box.x + 100, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + 200, box.y + 20, { steps: 4 });
    expect(await page.locator('.readout').innerText()).toMatch(/^\$[\d.,]+ from /);
    await page.mouse.up();
    await page.waitForFunction(() => /from=\d+&to=\d+/.test(location.hash));
    expect(await page.getByLabel('Time window').inputValue()).toBe('custom');
    await page.getByLabel('Time window').selectOption('1h');
    expect(page.url()).toContain('window=1h');
  });

  it('copies all digits', async () => {
    await open();
    const copied = (select: string) =>
      page.evaluate((selector) => {
        const node = document.querySelectorAll(selector)[1] ?? document.body;
        document.getSelection()?.selectAllChildren(node);
        const data = new DataTransfer();
        const event = new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true });
        document.dispatchEvent(event);
        return data.getData('text/plain');
      }, select);
    expect(await copied('.tasks .total .money')).toBe('0.0837175');
    const row = await copied('.tasks tbody tr');
    expect(row.split('\t')).toEqual(expect.arrayContaining(['0.0737175', '0.01', '0.0837175']));
  });

  it('before the first span shows the export lines with the real address, and runs the demo', async () => {
    viewer.status = sampleStatus({ spans: 0, endpoint: 'http://127.0.0.1:4320' });
    opened = await openPage(browser, viewer.url);
    page = opened.page;
    await page.waitForSelector('.first-run');
    const lines = await texts(page, '.copy-line code');
    expect(lines).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4320 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf node --import otel-agent-cost/register app.js',
      'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4320 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf opentelemetry-instrument python app.py',
      'export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4320; export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    ]);
    await page.getByText('gone when the viewer stops').waitFor();
    expect(await page.locator('meta[name="agent-cost-token"]').getAttribute('content')).toBe(TOKEN);
    await page.getByRole('button', { name: 'Run the demo' }).click();
    await page.waitForSelector(ROWS);
    expect(viewer.requests).toContain('POST /api/demo');
  });

  it('says what is wrong with the viewer', async () => {
    viewer.status = sampleStatus({
      trouble: 'The store cannot be opened: the disk is full.',
      advice: 'Above 2 GB, ClickHouse answers faster.',
      rejectedSpans: 3,
    });
    await open();
    const notices = await page.locator('.notices').innerText();
    expect(notices).toContain('the disk is full');
    expect(notices).toContain('ClickHouse');
    expect(notices).toMatch(/3\sspans could not be read/);
  });
});
