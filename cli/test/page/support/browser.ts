/** Debian's Chromium, and the page built for the tests. */
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasChromium = existsSync(CHROMIUM);

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Builds the page into a folder of its own, so that no test sees an old one. */
export async function buildPage(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'agent-cost-page-'));
  const configFile = fileURLToPath(new URL('../../../page/vite.config.ts', import.meta.url));
  const { NODE_ENV } = process.env;
  // Vitest's "test" would give another build than the one that is published.
  process.env.NODE_ENV = 'production';
  await build({ configFile, build: { outDir, emptyOutDir: true } });
  process.env.NODE_ENV = NODE_ENV;
  return outDir;
}

export interface PageOptions {
  width?: number;
  height?: number;
  theme?: 'light' | 'dark';
}

/** A page in a context of its own. Its faults are in `faults`: refused scripts and styles, errors, dialogs. */
export async function openPage(browser: Browser, url: string, options: PageOptions = {}) {
  const { width = 1280, height = 860, theme = 'light' } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.exposeFunction('reportViolation', (text: string) => faults.push(`policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      void Reflect.get(
        window,
        'reportViolation',
      )(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}

/** Into the folder of the variable SCREENSHOTS; nothing without it. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined || folder === '') return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
