/** The sign-in form, sent by a real browser: it decides which Origin is sent with it. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startViewer, type TestViewer } from '../server/support/viewer.js';
import { hasChromium, launch, openPage, screenshot } from './support/browser.js';

const TOKEN = 'a-token-of-some-length';

describe.skipIf(!hasChromium)('the sign-in form', () => {
  let browser: Browser;
  let viewer: TestViewer;
  beforeAll(async () => {
    browser = await launch();
    viewer = await startViewer({ token: TOKEN });
  });
  afterAll(async () => {
    await browser?.close();
    await viewer?.close();
  });

  it('says that a token is wrong, and lets in with the right one, by keyboard alone', async () => {
    const { page, faults, close } = await openPage(browser, `http://127.0.0.1:${viewer.port}/`);
    expect(await page.locator('main').evaluate((main) => getComputedStyle(main).maxWidth)).not.toBe('none');
    await screenshot(page, 'sign-in');
    await page.keyboard.type('another-token-than-that');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toBe('This is not the token.');
    await page.keyboard.type(TOKEN);
    await Promise.all([page.waitForURL(`http://127.0.0.1:${viewer.port}/`), page.keyboard.press('Enter')]);
    expect(await page.locator('input[name="token"]').count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });
});
