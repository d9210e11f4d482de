import assert from 'node:assert/strict';
import { buildConsole } from '@tandem/console/build';
import { mintToken } from '@tandem/emulators/issuer';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { openBrowser, openPage } from './browser.ts';

/** Running system with a small catalog, and a browser. */
export interface ConsoleFixture {
  readonly gateway: string;
  readonly api: ReturnType<typeof client>;
  /** Operator token. */
  readonly operator: string;
  /** Opens a console page in a new browser context and runs a check on it; fails on errors in the browser's console. */
  readonly visit: (path: string, check: (page: Page) => Promise<void>, options?: Visit) => Promise<void>;
}

export interface Visit extends BrowserContextOptions {
  readonly isOperator?: boolean;
}

/** Runs a scenario with its own system and browser. */
export async function withConsole(scenario: (fixture: ConsoleFixture) => Promise<void>): Promise<void> {
  assert.equal(await buildConsole(), undefined);
  await using browser: Browser = await openBrowser();
  const operator = await mintToken({ subject: 'operator', scopes: ['products:write', 'operator'] });
  await withSystem(async ({ urls: { gateway } }) => {
    const api = client(gateway);
    await api.putProduct('bell', { name: 'Bell', price: 1490, category: 'accessories' });
    await api.putProduct('lamp', { name: 'Lamp', price: 4990, category: 'lights', inventory: 3 });
    await scenario({
      gateway,
      api,
      operator,
      async visit(path, check, { isOperator = false, ...options } = {}) {
        const { page, errors } = await openPage(browser, options);
        await page.goto(`${gateway}/${isOperator ? `#operator=${operator}` : ''}`);
        await page.goto(`${gateway}/#/${path}`);
        await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
        await check(page);
        await page.context().close();
        assert.deepEqual(errors, []);
      },
    });
  });
}
