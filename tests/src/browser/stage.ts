import assert from 'node:assert/strict';
import { buildConsole } from '@tandem/console/build';
import { mintToken } from '@tandem/emulators/issuer';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { openBrowser, openPage } from './browser.ts';

/** What a story is told on: a system with a small catalog, and a browser. */
export interface Stage {
  readonly gateway: string;
  readonly api: ReturnType<typeof client>;
  /** The token of the operator. */
  readonly operator: string;
  /** Lets a visitor look at a room; afterwards their browser's console must have had nothing to complain of. */
  readonly visit: (room: string, look: (page: Page) => Promise<void>, options?: Visit) => Promise<void>;
}

export interface Visit extends BrowserContextOptions {
  readonly isOperator?: boolean;
}

/** Tells a story on a stage of its own. */
export async function onStage(story: (stage: Stage) => Promise<void>): Promise<void> {
  assert.equal(await buildConsole(), undefined);
  await using browser: Browser = await openBrowser();
  const operator = await mintToken({ subject: 'operator', scopes: ['products:write', 'operator'] });
  await withSystem(async ({ urls: { gateway } }) => {
    const api = client(gateway);
    await api.putProduct('bell', { name: 'Bell', price: 1490, category: 'accessories' });
    await api.putProduct('lamp', { name: 'Lamp', price: 4990, category: 'lights', inventory: 3 });
    await story({
      gateway,
      api,
      operator,
      async visit(room, look, { isOperator = false, ...options } = {}) {
        const { page, complaints } = await openPage(browser, options);
        await page.goto(`${gateway}/${isOperator ? `#operator=${operator}` : ''}`);
        await page.goto(`${gateway}/#/${room}`);
        await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
        await look(page);
        await page.context().close();
        assert.deepEqual(complaints, []);
      },
    });
  });
}
