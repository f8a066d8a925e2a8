/** The page is on the screen before the viewer has answered a question, and is small. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPage, hasChromium, launch, openPage, screenshot } from './support/browser.js';
import { FixtureViewer } from './support/fixture-server.js';

let folder: string;
beforeAll(async () => {
  folder = await buildPage();
});

function files(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}

describe('the built page', () => {
  it('is small', () => {
    const size = (name: string) => gzipSync(readFileSync(join(folder, name)), { level: 9 }).length;
    const sizes = Object.fromEntries(files().map((name) => [name, size(name)]));
    const total = Object.values(sizes).reduce((sum, one) => sum + one, 0);
    const chart = Object.entries(sizes).find(([name]) => name.includes('cost-chart'))?.[1] ?? 0;
    if (process.env.SHOW_SIZES !== undefined) console.info({ ...sizes, total });
    expect(chart).toBeGreaterThan(10_000);
    expect(total - chart).toBeLessThan(36_000);
    expect(total).toBeLessThan(60_000);
  });

  it('has no inline script, no inline style and no address of another host', () => {
    const html = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    expect(html.replace("xmlns='http://www.w3.org/2000/svg'", '')).not.toMatch(/https?:\/\//);
    for (const name of files().filter((file) => file.endsWith('.js'))) {
      expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(/\beval\(|new Function\(/);
    }
  });
});

describe.skipIf(!hasChromium)('the first paint', () => {
  let browser: Browser;
  let viewer: FixtureViewer;
  beforeAll(async () => {
    viewer = new FixtureViewer(folder);
    await viewer.listen();
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await viewer?.close();
  });

  it('does not wait for the answers', async () => {
    viewer.delayMillis = 1_500;
    const { page, faults, close } = await openPage(browser, viewer.url);
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
    await screenshot(page, 'first-paint');
    expect(await page.locator('.money').count()).toBe(0);
    expect(await page.getByText('Agent cost', { exact: true }).isVisible()).toBe(true);
    await page.waitForSelector('.money');
    const times = await page.evaluate(() => ({
      paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      shift: performance.getEntriesByType('layout-shift').length,
    }));
    if (process.env.SHOW_SIZES !== undefined) console.info(times);
    expect(times.paint).toBeLessThan(1_000);
    expect(faults).toEqual([]);
    await close();
  });

  it('has the chosen theme, also after a reload', async () => {
    viewer.delayMillis = 0;
    const { page, faults, close } = await openPage(browser, viewer.url, { theme: 'dark' });
    const background = () =>
      page.evaluate(() => getComputedStyle(document.body.parentElement as Element).backgroundColor);
    const dark = 'rgb(15, 16, 18)';
    const light = 'rgb(247, 247, 245)';
    expect(await background()).toBe(dark);
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await page.getByRole('button', { name: 'Theme: light' }).waitFor();
    expect(await background()).toBe(light);
    await page.reload();
    expect(await background()).toBe(light);
    await page.getByRole('button', { name: 'Theme: light' }).click();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    expect(await background()).toBe(dark);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await background()).toBe(dark);
    await page.getByRole('button', { name: 'Theme: dark' }).click();
    await page.getByRole('button', { name: 'Theme: system' }).waitFor();
    expect(await background()).toBe(light);
    expect(faults).toEqual([]);
    await close();
  });
});
