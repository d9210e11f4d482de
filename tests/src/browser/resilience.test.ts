import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { setVisibility, withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const waitForStatus = (page: Page, text: string) =>
  page.getByRole('status').filter({ hasText: text }).waitFor();
const waitForPrice = (page: Page, name: string, price: string) =>
  page.getByRole('listitem').filter({ hasText: name }).filter({ hasText: price }).first().waitFor();

/** Delays the responses of matching requests until they are released. */
async function delayResponses(page: Page, url: string) {
  const gate = Promise.withResolvers<void>();
  const delivered = Promise.withResolvers<void>();
  await page.route(url, async (route) => {
    const response = await route.fetch();
    await gate.promise;
    await route.fulfill({ response });
    delivered.resolve();
  });
  return {
    release: () => {
      gate.resolve();
      return delivered.promise;
    },
  };
}

test(
  'more tabs than connections per origin: each works, and is up to date when it is visible',
  inBrowser,
  async () => {
    await withConsole(async ({ api, gateway, visit }) => {
      await visit('shop', async (first) => {
        let shown = first;
        for (let tabs = 2; tabs <= 8; tabs++) {
          await setVisibility(shown, 'hidden');
          shown = await first.context().newPage();
          await shown.goto(`${gateway}/#/shop`);
          await waitForPrice(shown, 'Bell', '€14.90');
          await waitForStatus(shown, 'Live');
        }
        await api.call('PATCH', '/products/bell', { body: { price: 1990 } });
        await waitForPrice(shown, 'Bell', '€19.90');
        assert.equal(await first.getByText('€19.90').count(), 0);
        await waitForStatus(first, 'Live');
        await setVisibility(first, 'visible');
        await waitForPrice(first, 'Bell', '€19.90');
      });
    });
  },
);

test('steps are not repeated when a page becomes visible again', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    await visit('flow/topic/product-events-topic', async (page) => {
      const steps = page.getByRole('list', { name: 'Latest steps' }).getByText('ProductUpdated');
      await api.call('PATCH', '/products/bell', { body: { price: 1990 } });
      await steps.first().waitFor();
      const before = await steps.count();
      await setVisibility(page, 'hidden');
      await api.call('PATCH', '/products/bell', { body: { price: 2990 } });
      await setVisibility(page, 'visible');
      await steps.nth(before).waitFor();
      assert.equal(await steps.count(), before + 1);
    });
  });
});

test('the page reconnects after an error response', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    await visit('shop', async (page) => {
      for (const path of ['about', 'events'])
        await page.route(`**/console/${path}`, (route) => route.fulfill({ status: 503 }), { times: 1 });
      await page.reload();
      await waitForStatus(page, 'Connecting …');
      await waitForStatus(page, 'Live');
    });
  });
});

test('a cart change that completes after sign-out is not shown to the guest', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    await visit('shop', async (page) => {
      await page.getByRole('button', { name: 'Sign in as Alice' }).click();
      await page.getByRole('button', { name: 'Add to cart: Lamp' }).click();
      const more = page.getByRole('button', { name: 'One more: Lamp' });
      await more.waitFor();
      const change = await delayResponses(page, '**/items/lamp');
      await more.click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Add to cart: Bell' }).click();
      const cart = page.getByRole('region', { name: 'Your cart' });
      await cart.filter({ hasText: 'Bell' }).waitFor();
      await change.release();
      await page.getByRole('button', { name: 'One more: Bell' }).click();
      await cart.filter({ hasText: '€29.80' }).waitFor();
      assert.doesNotMatch(await cart.innerText(), /Lamp/);
    });
  });
});
