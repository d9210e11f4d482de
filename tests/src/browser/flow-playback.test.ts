import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';
import { flowOf } from './flow-support.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };

test('a trace is played in the picture, step by step; not with reduced motion', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    let path = '';
    await visit('flow', async (page) => {
      await flowOf(page).generate();
      await flowOf(page).settledRows();
      path = new URL(page.url()).hash.slice(2);
    });
    const play = (page: Page) => page.getByRole('button', { name: 'Play', exact: true });
    await visit(path, async (page) => {
      await flowOf(page).settledRows();
      const dots = page.locator('.event-dot');
      await play(page).click();
      await dots.first().waitFor({ state: 'attached' });
      const played = page.locator('.tree .played');
      await played.filter({ hasText: 'POST /carts/guest-…/items' }).waitFor();
      await played.filter({ hasText: /^ProductAddedToCart/ }).waitFor();
      await page.locator('.event-name', { hasText: 'ProductAddedToCart' }).waitFor({ state: 'attached' });
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await play(page).waitFor();
      assert.equal(await played.count(), 0);
    });
    const calm = async (page: Page) => {
      await flowOf(page).settledRows();
      assert.equal(await play(page).count(), 0);
    };
    await visit(path, calm, { reducedMotion: 'reduce' });
  });
});
