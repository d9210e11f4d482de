import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutChromium } from './browser.ts';
import { withConsole, withOutages } from './fixture.ts';
import { cartOf, shows, vanishes } from './shop.ts';

const inBrowser = { skip: withoutChromium, timeout: 180_000 };

test('M2: after Cart was killed and is back, the page is right by itself', inBrowser, async () => {
  await withConsole(async ({ api, visit, kill, untilReady }) => {
    await visit('shop', async (page) => {
      await page.getByRole('button', { name: 'Add to cart: Bell' }).click();
      // Nothing of the cart changes by the first kill: the page recovers without an event.
      await shows(cartOf(page), 'Held for you');
      for (const price of [1490, 2100]) {
        await kill('cart');
        await page.getByRole('button', { name: 'One more: Bell' }).click();
        await shows(page.getByRole('alert'), 'cart service is not available');
        await api.call('PATCH', '/products/bell', { body: { price } });
        await untilReady();
        await vanishes(page.getByRole('alert'));
      }
      await shows(cartOf(page), 'It cost €14.90 and now costs €21.00.');
      await page.getByRole('button', { name: 'Accept new price: Bell' }).click();
      await shows(cartOf(page).getByText('Total'), '€21.00');
    });
  });
});

test('M2: a product that was opened while Product was down appears by itself', inBrowser, async () => {
  await withConsole(async ({ gateway, visit, kill }) => {
    await visit('docs', async (page) => {
      await kill('product');
      await page.goto(`${gateway}/#/shop/product/lamp`);
      await shows(page.getByRole('alert'), 'product service is not available');
      await page.getByRole('heading', { level: 1, name: 'Lamp' }).waitFor();
      await vanishes(page.getByRole('alert'));
    });
  });
});

test(
  'M1, M2: the shop survives a server that stops, starts again and hangs while it is open',
  inBrowser,
  async () => {
    await withOutages(async ({ api, visit, stop, restart, hang, resume }) => {
      await visit('shop', async (page) => {
        const more = page.getByRole('button', { name: 'One more: Bell' });
        const news = page.getByText('No news from the system');
        await page.getByRole('button', { name: 'Add to cart: Bell' }).click();
        await more.waitFor();
        await stop();
        await more.click();
        await shows(page.getByRole('alert'), 'No response from the gateway');
        await restart();
        await vanishes(page.getByRole('alert'));
        await api.call('PATCH', '/products/bell', { body: { price: 1990 } });
        await shows(cartOf(page), 'now costs €19.90');
        await more.click();
        await shows(cartOf(page), '€29.80');

        hang();
        await news.waitFor();
        await more.click();
        resume();
        await news.waitFor({ state: 'detached' });
        await shows(cartOf(page), '€44.70');
        assert.equal(await page.getByRole('alert').count(), 0);
      });
    });
  },
);
