import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { withoutChromium } from './browser.ts';
import { onStage } from './stage.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const pulseOf = (page: Page, says: string) => page.getByRole('status').filter({ hasText: says }).waitFor();
const priced = (page: Page, name: string, price: string) =>
  page.getByRole('listitem').filter({ hasText: name }).filter({ hasText: price }).first().waitFor();

/** A browser without a window calls every tab visible: this tells a page that it is not, or is again. */
const look = (page: Page, visibilityState: 'visible' | 'hidden') =>
  page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${visibilityState}' });
    document.dispatchEvent(new Event('visibilitychange'));
  `);

/** Holds the answers to what is asked for at an address until they are released. */
async function held(page: Page, address: string) {
  const gate = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  await page.route(address, async (route) => {
    const response = await route.fetch();
    await gate.promise;
    await route.fulfill({ response });
    answered.resolve();
  });
  return {
    release: () => {
      gate.resolve();
      return answered.promise;
    },
  };
}

test(
  'more tabs than a browser has connections: each works, and is up to date when it is seen',
  inBrowser,
  async () => {
    await onStage(async ({ api, gateway, visit }) => {
      await visit('shop', async (first) => {
        let shown = first;
        for (let tabs = 2; tabs <= 8; tabs++) {
          await look(shown, 'hidden');
          shown = await first.context().newPage();
          await shown.goto(`${gateway}/#/shop`);
          await priced(shown, 'Bell', '€14.90');
          await pulseOf(shown, 'Live');
        }
        await api.call('PATCH', '/products/bell', { body: { price: 1990 } });
        await priced(shown, 'Bell', '€19.90');
        assert.equal(await first.getByText('€19.90').count(), 0);
        await pulseOf(first, 'Live');
        await look(first, 'visible');
        await priced(first, 'Bell', '€19.90');
      });
    });
  },
);

test('what was told before is not told again to a page that is seen again', inBrowser, async () => {
  await onStage(async ({ api, visit }) => {
    await visit('flow/topic/product-events-topic', async (page) => {
      const passed = page.getByRole('main').getByText('ProductUpdated', { exact: false });
      await api.call('PATCH', '/products/bell', { body: { price: 1990 } });
      await passed.first().waitFor();
      const before = await passed.count();
      await look(page, 'hidden');
      await api.call('PATCH', '/products/bell', { body: { price: 2990 } });
      await look(page, 'visible');
      await passed.nth(before).waitFor();
      assert.equal(await passed.count(), before + 1);
    });
  });
});

test('a gateway that refused once is asked again', inBrowser, async () => {
  await onStage(async ({ visit }) => {
    await visit('shop', async (page) => {
      for (const path of ['about', 'events'])
        await page.route(`**/console/${path}`, (route) => route.fulfill({ status: 503 }), { times: 1 });
      await page.reload();
      await pulseOf(page, 'Connecting …');
      await pulseOf(page, 'Live');
    });
  });
});

test('who signs out while the cart changes leaves nothing of it to the guest', inBrowser, async () => {
  await onStage(async ({ visit }) => {
    await visit('shop', async (page) => {
      await page.getByRole('button', { name: 'Sign in as Alice' }).click();
      await page.getByRole('button', { name: 'Add to cart: Lamp' }).click();
      const more = page.getByRole('button', { name: 'One more: Lamp' });
      await more.waitFor();
      const change = await held(page, '**/items/lamp');
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
