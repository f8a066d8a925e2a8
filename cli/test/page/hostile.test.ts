/** Names come from strangers: they are text in every place, whatever they contain and however long they are. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPage, hasChromium, launch, openPage, screenshot } from './support/browser.js';
import { FixtureViewer } from './support/fixture-server.js';

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(2)</script>',
  "javascript:alert(3)//' onmouseover='alert(4)",
  '</style></title><svg onload=alert(5)>',
  'https://example.com/?a=<b>&c="d"',
  '\u202egnirts \u0000 \ud800 zalgo\u0301\u0302',
  'very-long-name-without-any-space-'.repeat(30),
  '%3Cscript%3E #/task/x?y=z',
];

/** Puts hostile strings in the place of every string that the server may get from spans. */
function poison(value: unknown, key = ''): unknown {
  const kept = [
    'pico',
    'state',
    'outcome',
    'kind',
    'scope',
    'status',
    'amountIs',
    'spanId',
    'traceId',
    'parentSpanId',
    'name_',
  ];
  if (Array.isArray(value)) return value.map((one) => poison(one, key));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poison(one, name)]));
  }
  const isFixed = kept.includes(key) || /pico$|^pico|limit|spent|measure/i.test(key);
  if (typeof value !== 'string' || isFixed) return value;
  const index = [...`${key}${value}`].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
  return HOSTILE[index % HOSTILE.length];
}

describe.skipIf(!hasChromium)('hostile strings', () => {
  let browser: Browser;
  let viewer: FixtureViewer;
  beforeAll(async () => {
    viewer = new FixtureViewer(await buildPage());
    const { tasks } = viewer;
    const detail = viewer.detail(tasks[4]?.id ?? '');
    const question = (path: string) =>
      viewer.question(path, new URLSearchParams('window=auto&limit=100&by=task'));
    const overview = poison(question('/api/overview')) as typeof viewer.overview;
    const distribution = poison(question('/api/distribution')) as typeof viewer.distribution;
    const opportunities = poison(question('/api/opportunities')) as typeof viewer.opportunities;
    const explore = poison(question('/api/explore')) as typeof viewer.explore;
    viewer.status = {
      ...viewer.status,
      trouble: HOSTILE[0] ?? '',
      advice: HOSTILE[1] ?? '',
      file: HOSTILE[3] ?? '',
    };
    viewer.tasks = HOSTILE.map((text, index) => ({
      ...(poison(tasks[index]) as (typeof tasks)[number]),
      // The store keeps UTF-8, which has no half of a surrogate pair.
      id: `${text}${index}`.replace('\ud800', ''),
      name: text,
      attribution: { [text]: text, team: text },
    }));
    for (const task of viewer.tasks) {
      viewer.details.set(task.id, { ...(poison(detail) as NonNullable<typeof detail>), task });
    }
    Object.assign(viewer, { overview, distribution, opportunities, explore });
    viewer.arithmetic = {
      own: (poison(detail?.nodes[3]?.own) ?? null) as never,
      lines: HOSTILE.map((text) => ({
        label: text,
        quantity: text,
        unit: text,
        usdPerUnit: text,
        pico: '1',
      })),
      notes: HOSTILE,
      addsUp: false,
    };
    await viewer.listen();
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await viewer?.close();
  });

  it.each([
    '',
    '#/explore?by=task',
    '#/?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&name="><script>alert(2)</script>',
  ])('stay text at %s', async (path) => {
    for (const width of [400, 1280]) {
      const { page, faults, close } = await openPage(browser, `${viewer.url}/${path}`, { width });
      await page.waitForSelector('table tbody tr');
      await page.waitForTimeout(300);
      expect(
        await page.evaluate(() => document.querySelectorAll('#app img, #app script, #app style').length),
      ).toBe(0);
      const links = await page
        .locator('a')
        .evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
      expect(links.filter((href) => !href.startsWith('#/') && !href.startsWith('/api/'))).toEqual([]);
      expect(
        await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ),
      ).toBe(0);
      await screenshot(page, `hostile${path === '' ? '' : '-explore'}-${width}`);
      expect(faults).toEqual([]);
      await close();
    }
  });

  it('stay text on the screen of a task, which every one of them can be opened as', async () => {
    for (const [index, task] of viewer.tasks.entries()) {
      const width = index % 2 === 0 ? 400 : 1280;
      const { page, faults, close } = await openPage(browser, viewer.url, { width });
      await page.locator('.task-name').nth(index).click();
      await page.waitForSelector('.tree-row');
      await page.locator('.tree-row').nth(3).click();
      await page.waitForSelector('.arithmetic');
      const shown = await page.evaluate(() => document.querySelector('h1')?.textContent);
      expect(shown?.replace('\ud800', '\ufffd')).toBe(task.name.replace('\ud800', '\ufffd'));
      expect(
        await page.evaluate(() => document.querySelectorAll('#app img, #app script, #app style').length),
      ).toBe(0);
      expect(
        await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ),
      ).toBe(0);
      await screenshot(page, `hostile-task-${index}`);
      expect(faults).toEqual([]);
      await close();
    }
  });
});
