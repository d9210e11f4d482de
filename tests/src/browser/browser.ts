import assert from 'node:assert/strict';
import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** Where a Chromium is: what CHROMIUM names, else the first on the PATH. */
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

/** Why tests in a browser are skipped; false where they can run. */
export const withoutChromium =
  findChromium() === undefined &&
  'no Chromium here: install it (Debian: apt install chromium) or name one in CHROMIUM, then npm test';

/** A browser without a window. Dispose of it. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium() ?? assert.fail('no Chromium');
  // In a container or as root the sandbox of Chromium cannot be set up; the pages are our own.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A page, and what its console complained of: nothing, or the test is to fail. */
export interface Watched {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens a page of its own session, which remembers what the console of the browser says. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => void complaints.push(String(error)));
  page.on('console', (message) => {
    // An answer that the page asked for and shows is no fault of the page, though the browser logs it.
    if (message.type() === 'error' && !/status of 4\d\d|status of 503/.test(message.text()))
      complaints.push(message.text());
  });
  return { page, complaints };
}

/** What axe finds in the page that keeps people out: the rules that are broken seriously, and where. */
export async function barriers(page: Page): Promise<readonly string[]> {
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
