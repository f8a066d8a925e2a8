/** Every screen, in both themes and at three widths: axe finds nothing, nothing is wider than the window. */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPage, hasChromium, launch, openPage, screenshot } from './support/browser.js';
import { sampleStatus } from './support/fixture-data.js';
import { FixtureViewer } from './support/fixture-server.js';

const WIDTHS = [400, 1280, 2560];
const THEMES = ['light', 'dark'] as const;

/** A function of the path, because ids are those of the fixture. */
const SCREENS: Record<string, (viewer: FixtureViewer) => string> = {
  overview: () => '#/',
  task: (viewer) => `#/task/${viewer.tasks[4]?.id}`,
  provenance: (viewer) => {
    const detail = viewer.detail(viewer.tasks[4]?.id ?? '');
    return `#/task/${detail?.task.id}?span=${detail?.nodes[3]?.spanId}`;
  },
  explore: () => '#/explore?by=task',
};

async function violations(page: Page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe: check } = window as unknown as { axe: typeof import('axe-core') };
    const { violations: list } = await check.run(document, { resultTypes: ['violations'] });
    return list.map((one) => ({
      id: one.id,
      impact: one.impact,
      nodes: one.nodes.slice(0, 3).map((node) => node.html),
    }));
  });
  return found;
}

async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

describe.skipIf(!hasChromium)('every screen', () => {
  let browser: Browser;
  let viewer: FixtureViewer;
  beforeAll(async () => {
    viewer = new FixtureViewer(await buildPage());
    await viewer.listen();
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await viewer?.close();
  });

  for (const theme of THEMES) {
    for (const width of WIDTHS) {
      it.each(Object.keys(SCREENS))(`%s, ${theme}, ${width} px`, async (name) => {
        const path = SCREENS[name]?.(viewer) ?? '';
        const options = { width, height: width === 2560 ? 1300 : 860, theme };
        const { page, faults, close } = await openPage(browser, `${viewer.url}/${path}`, options);
        await page.waitForSelector('.money');
        await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
        await page.waitForTimeout(300);
        await screenshot(page, `${name}-${theme}-${width}`);
        expect(await violations(page)).toEqual([]);
        expect(await overflow(page)).toBe(0);
        expect(faults).toEqual([]);
        await close();
      });
    }

    it(`first run, ${theme}`, async () => {
      viewer.status = sampleStatus({ spans: 0, firstMillis: null, lastMillis: null });
      const { page, faults, close } = await openPage(browser, viewer.url, { theme });
      await page.waitForSelector('.first-run');
      await screenshot(page, `first-run-${theme}`);
      expect(await violations(page)).toEqual([]);
      expect(faults).toEqual([]);
      await close();
      viewer.status = sampleStatus();
    });
  }
});
