import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { until } from '../support/until.ts';
import { assertAccessible, withoutChromium } from './browser.ts';
import { type ConsoleFixture, withConsole } from './fixture.ts';
import { addTo, shows } from './shop.ts';

const inBrowser = { skip: withoutChromium, timeout: 180_000 };
const names = (page: Page) => page.locator('.products h3').allInnerTexts();

/** Creates products `Part 01` … in two categories. */
async function fillCatalog({ api }: ConsoleFixture, count: number): Promise<void> {
  for (let index = 1; index <= count; index++) {
    const number = String(index).padStart(2, '0');
    const fields = { name: `Part ${number}`, price: 10_000 - index, category: index % 2 ? 'odd' : 'even' };
    assert.equal((await api.putProduct(`part-${number}`, fields)).status, 201);
  }
}

test(
  'M9: one of 40 products is found by its name; search, category, order and page are in the address',
  inBrowser,
  async () => {
    await withConsole(async (fixture) => {
      await fillCatalog(fixture, 38);
      await fixture.visit('shop', async (page) => {
        const search = page.getByRole('searchbox', { name: 'Search' });
        await shows(page.getByRole('status'), '1–12 of 40 products');
        await search.fill('part 25');
        await shows(page.getByRole('status'), /^1 product$/);
        assert.deepEqual(await names(page), ['Part 25']);
        await search.fill('no such');
        await page.getByRole('link', { name: 'Show all products' }).click();

        await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Price, low to high');
        await page.getByRole('combobox', { name: 'Category' }).selectOption('odd');
        await shows(page.getByRole('status'), '1–12 of 19 products');
        assert.deepEqual((await names(page)).slice(0, 2), ['Part 37', 'Part 35']);
        await page.getByRole('link', { name: 'Next page' }).click();
        await shows(page.getByRole('status'), '13–19 of 19 products');
        await page.reload();
        await shows(page.getByRole('status'), '13–19 of 19 products');
        assert.equal((await names(page)).at(-1), 'Part 01');
        await page.getByRole('link', { name: 'Part 01' }).click();
        await page.getByRole('heading', { level: 1, name: 'Part 01' }).waitFor();
        await page.goBack();
        await shows(page.getByRole('status'), '13–19 of 19 products');
        await page.goBack();
        await shows(page.getByRole('status'), '1–12 of 19 products');
        await page.goBack();
        await shows(page.getByRole('status'), '1–12 of 40 products');
        assert.equal((await names(page))[0], 'Bell');
      });
    });
  },
);

test(
  'M9: a product has a page with its image, description, price and stock, which are live',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      const body = { description: 'Rings twice.\nFor two.', imageUrl: '/icon.svg' };
      assert.equal((await api.call('PATCH', '/products/bell', { body })).status, 200);
      await api.call('POST', '/products/lamp/stock', { body: { onHand: 0 } });
      await visit('shop/product/bell', async (page) => {
        await page.getByText('Rings twice.').waitFor();
        const image = page.locator('.details img');
        assert.equal(await image.getAttribute('src'), '/icon.svg');
        await until(
          () => page.evaluate<number>(`document.querySelector('.details img').naturalWidth`),
          (width) => width > 0,
        );
        await api.call('PATCH', '/products/bell', { body: { price: 1990 } });
        await shows(page.locator('.details'), '€19.90');
        await addTo(page, 'Bell');
        await shows(page.locator('.details'), '99 available · 1 in your cart');
        await assertAccessible(page, 'a product');
        await page.getByRole('link', { name: 'All products' }).click();
        const lamp = page.getByRole('button', { name: 'Add to cart: Lamp' });
        await lamp.waitFor();
        assert.equal(await lamp.getAttribute('aria-disabled'), 'true');
        assert.equal(await page.locator('.card svg.picture').count(), 1, 'a glyph without an image');
        await page.goto(page.url().replace(/#.*/, '#/shop/product/nothing'));
        await page.getByRole('heading', { name: 'Product not found' }).waitFor();
      });
    });
  },
);

test('the sample products have pictures and descriptions', inBrowser, async () => {
  await withConsole(
    async ({ visit }) => {
      await visit('shop', async (page) => {
        await shows(page.getByRole('status'), '1–12 of 14 products');
        const loaded = () =>
          page.evaluate<number>(
            `[...document.querySelectorAll('.products img')].filter((image) => image.naturalWidth > 0).length`,
          );
        await until(loaded, (count) => count === 10);
        await page.getByRole('link', { name: 'Next page' }).click();
        await shows(page.getByRole('status'), '13–14 of 14 products');
        await until(loaded, (count) => count === 2);
        await page.goBack();
        await page.getByRole('link', { name: 'Chain, 148 links' }).click();
        await page.getByText('that only tandems need').waitFor();
      });
    },
    { SEED: '1' },
  );
});

test('amounts are written as in the locale of the browser', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    await visit('shop', async (page) => shows(page.getByRole('listitem'), '14,90 €'), { locale: 'de-DE' });
  });
});

test(
  'M9: beyond 1,000 products the service searches, and the page says what it can sort',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      const lines = Array.from({ length: 1_050 }, (_, index) =>
        JSON.stringify({ productId: `part-${index}`, name: `Part ${index}`, price: 100, currency: 'EUR' }),
      );
      const headers = { 'content-type': 'application/x-ndjson' };
      const imported = await api.call('POST', '/products/import', { body: lines.join('\n'), headers });
      assert.equal(imported.body['created'], 1_050);
      await visit('shop', async (page) => {
        await shows(page.getByRole('status'), '1–12 of the first 1,000 products');
        await page.getByRole('searchbox', { name: 'Search' }).fill('part 1049');
        await shows(page.getByRole('status'), /^1 product$/);
        assert.deepEqual(await names(page), ['Part 1049']);
      });
    });
  },
);
