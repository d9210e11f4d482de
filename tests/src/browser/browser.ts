import assert from 'node:assert/strict';
import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** Path of Chromium: the environment variable CHROMIUM, else the first one on the PATH. */
export function findChromium(): string | undefined {
  const { CHROMIUM, PATH = '' } = process.env;
  const found = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...(CHROMIUM ? [CHROMIUM] : []), ...found].find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Reason to skip browser tests; false if Chromium is available. */
export const withoutChromium =
  findChromium() === undefined &&
  'Chromium not found. Install it (Debian: apt install chromium) or set CHROMIUM to its path, then run npm test.';

/** Opens a headless browser, with further arguments of Chromium; the caller disposes of it. */
export async function openBrowser(...args: readonly string[]): Promise<Browser> {
  const executablePath = findChromium() ?? assert.fail('Chromium not found');
  // In a container or as root the sandbox of Chromium cannot be set up; the pages are our own.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', ...args] });
}

/** Page with the errors that its browser console has logged. */
export interface MonitoredPage {
  readonly page: Page;
  readonly errors: readonly string[];
}

/** Opens a page in a new browser context, and collects the errors of its browser console. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<MonitoredPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-US',
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => void errors.push(String(error)));
  page.on('console', (message) => {
    // The browser logs error responses that the page handles and displays.
    if (message.type() === 'error' && !/status of 4\d\d|status of 503/.test(message.text()))
      errors.push(message.text());
  });
  return { page, errors };
}

/** Serious and critical accessibility violations in a page, found by axe. */
export async function accessibilityViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`),
      );
  });
}

/** Asserts that a page has no accessibility violations and no horizontal overflow. */
export async function assertAccessible(page: Page, path: string): Promise<void> {
  assert.deepEqual(await accessibilityViolations(page), [], path);
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  assert.ok(overflow <= 0, `${path} is ${overflow} px too wide`);
}

/** Sets the visibility of a page: a headless browser reports every tab as visible. */
export async function setVisibility(page: Page, visibilityState: 'visible' | 'hidden'): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${visibilityState}' });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
}
