import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { until } from '../support/until.ts';
import { assertAccessible, withoutChromium } from './browser.ts';
import { type ConsoleFixture, withConsole } from './fixture.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const asOperator = { isOperator: true };

const rows = (page: Page) => page.getByRole('region', { name: 'Products' }).getByRole('row');
const row = (page: Page, name: string) => rows(page).filter({ hasText: name });
const saved = (page: Page) => page.getByRole('status').filter({ hasText: 'Saved.' }).waitFor();

/** Imports widgets with these numbers. */
async function importWidgets({ gateway, operator }: ConsoleFixture, count: number): Promise<void> {
  const line = (number: number) =>
    JSON.stringify({
      productId: `widget-${number}`,
      name: `Widget number ${number}`,
      price: number,
      currency: 'EUR',
      category: number % 2 === 0 ? 'even' : 'odd',
      inventory: number,
    });
  const response = await fetch(`${gateway}/products/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${operator}` },
    body: Array.from({ length: count }, (_, index) => `${line(index + 1)}\n`).join(''),
  });
  assert.equal(response.status, 200, await response.text());
}

test('M8: of 313 products one is found by its name in one step', inBrowser, async () => {
  await withConsole(async (fixture) => {
    await importWidgets(fixture, 311);
    await fixture.visit('admin', async (page) => {
      await page.getByText('313 products', { exact: true }).waitFor();
      await page.getByRole('searchbox').fill('widget number 250');
      await page.getByText('1 of 313 products').waitFor();
      assert.equal(await row(page, 'Widget number 250').count(), 1);
      await page.getByRole('link', { name: 'Widget number 250' }).click();
      await page.getByRole('heading', { level: 1, name: 'Widget number 250' }).waitFor();
      await page.goBack();
      await page.getByText('1 of 313 products').waitFor();
      assert.equal(await page.getByRole('searchbox').inputValue(), 'widget number 250');
    });
  });
});

test('M8: filters, order and pages are in the address; pages lead both ways', inBrowser, async () => {
  await withConsole(async (fixture) => {
    await importWidgets(fixture, 60);
    await fixture.visit('admin?category=even&sort=-inventory', async (page) => {
      await page.getByText('30 of 62 products').waitFor();
      assert.match((await rows(page).nth(1).textContent()) ?? '', /^WWidget number 60even€0.6060060$/);
      await page.getByRole('link', { name: 'Next' }).click();
      await page.getByText('26–30 of 30').waitFor();
      await page.reload();
      await page.getByText('26–30 of 30').waitFor();
      await page.getByRole('link', { name: 'Previous' }).click();
      await page.getByText('1–25 of 30').waitFor();
      await page.getByRole('link', { name: 'Available' }).click();
      await rows(page).nth(1).filter({ hasText: 'Widget number 2' }).waitFor();
      await page.getByRole('combobox', { name: 'Category' }).selectOption('odd');
      await page.getByRole('spinbutton', { name: 'Available at most' }).fill('3');
      await page.getByText('2 of 62 products').waitFor();
      assert.match(page.url(), /#\/admin\?category=odd&sort=inventory&available=3$/);
      await page.getByRole('link', { name: 'Low stock' }).click();
      await page.getByRole('heading', { name: 'low stock' }).waitFor();
      await row(page, 'Lamp').waitFor();
      assert.equal(await row(page, 'Bell').count(), 0);
    });
  });
});

test('the table follows sales, new products and deletions', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    await visit('admin', async (page) => {
      await row(page, 'Lamp').filter({ hasText: '€49.90303' }).waitFor();
      const cartId = await api.openCart();
      await api.fill(cartId, { lamp: 1 });
      await row(page, 'Lamp').filter({ hasText: '€49.90312' }).waitFor();
      await api.putProduct('seat', { name: 'Child seat' });
      await row(page, 'Child seat').waitFor();
      await api.call('DELETE', '/products/bell');
      await row(page, 'Bell').waitFor({ state: 'detached' });
    });
  });
});

test(
  'the keyboard alone suffices to find a product, change its price and record a delivery',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      const check = async (page: Page) => {
        const tabTo = async (selector: string) => {
          for (let tabs = 0; tabs < 80; tabs++) {
            if ((await page.locator(`${selector}:focus`).count()) > 0) return;
            await page.keyboard.press('Tab');
          }
          assert.fail(`not reachable by Tab: ${selector}`);
        };
        await row(page, 'Lamp').waitFor();
        await tabTo('[type=search]');
        await page.keyboard.type('lam');
        await row(page, 'Bell').waitFor({ state: 'detached' });
        await tabTo('.product-link');
        await page.keyboard.press('Enter');
        await page.locator('h1:focus').filter({ hasText: 'Lamp' }).waitFor();
        await tabTo('[name=price]');
        await page.keyboard.press('ControlOrMeta+A');
        await page.keyboard.type('55');
        await page.keyboard.press('Enter');
        await saved(page);
        await tabTo('.stock-fields input');
        await page.keyboard.type('4');
        await page.keyboard.press('Enter');
        await page.getByText('Delivery recorded: 7 on hand.').waitFor();
        const { price, onHand } = (await api.product('lamp')).body;
        assert.deepEqual([price, onHand], [5500, 7]);
      };
      await visit('admin', check, asOperator);
    });
  },
);

test('all parts of the page are accessible', inBrowser, async () => {
  await withConsole(async ({ api, gateway, visit }) => {
    const cartId = await api.openCart();
    await api.fill(cartId, { bell: 2 });
    await until(
      () => api.product('bell'),
      ({ body }) => body.held === 2,
    );
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 320],
    ] as const) {
      const check = async (page: Page) => {
        for (const part of ['', '?q=none', '/product/bell', '/new', '/import', '/latency/bell', '/unknown']) {
          await page.goto(`${gateway}/#/admin${part}`);
          await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
          await assertAccessible(page, part);
        }
      };
      await visit('admin', check, { ...asOperator, colorScheme, viewport: { width, height: 800 } });
    }
  });
});
