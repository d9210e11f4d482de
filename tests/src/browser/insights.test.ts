import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { mintToken } from '@tandem/emulators/issuer';
import type { Page } from 'playwright-core';
import { storeName } from '../support/store.ts';
import { assertAccessible, setVisibility, withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';

const expiresLate = storeName !== 'SQLite' && `${storeName} removes expired items late`;
const inBrowser = { skip: withoutChromium, timeout: 120_000 };

/** Waits until the page shows these values of figures, by their names. */
async function showsFigures(page: Page, figures: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(figures)) {
    const exactly = (tag: string, text: string) =>
      page.locator(tag).and(page.getByText(text, { exact: true }));
    const figure = page.locator('dl div', { has: exactly('dt', name) });
    await figure.filter({ has: exactly('dd', value) }).waitFor();
  }
}

/** Records when the page reads a path, by its own clock; returns a function that resolves to these times, in milliseconds. */
async function recordReads(page: Page, path: string): Promise<() => Promise<readonly number[]>> {
  await page.evaluate(`{
    const { fetch } = globalThis;
    globalThis.readTimes = [];
    globalThis.fetch = (url, options) => {
      if (String(url).includes(${JSON.stringify(path)})) globalThis.readTimes.push(performance.now());
      return fetch(url, options);
    };
  }`);
  return () => page.evaluate<readonly number[]>('globalThis.readTimes');
}

async function assertAccessibleInBothThemes(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1280, 320]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await assertAccessible(page, `${name}, ${colorScheme}, ${width} px`);
    }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** Adds a product to a cart in the shop, as Alice or as a guest. */
async function addToCart(page: Page, product: string, shopper: 'Alice' | 'guest'): Promise<void> {
  if (shopper === 'Alice') await page.getByRole('button', { name: 'Alice' }).click();
  const tile = page.getByRole('listitem').filter({ hasText: product });
  await tile.getByRole('button', { name: /Add/ }).click();
  const cart = page.getByRole('region', { name: /cart$/ });
  await cart.getByRole('button', { name: `Remove: ${product}` }).waitFor();
}

test(
  'a purchase, an abandoned cart and a new price change the figures on Insights while it is open',
  { ...inBrowser, skip: withoutChromium || expiresLate },
  async () => {
    const scenario: Parameters<typeof withConsole>[0] = async ({ api, visit }) => {
      const check = async (page: Page) => {
        await page.getByText('There are no figures in these days.').waitFor();
        await page.evaluate('globalThis.isSamePage = true');

        await visit('shop', async (shop) => {
          await addToCart(shop, 'Bell', 'Alice');
          await showsFigures(page, { 'Carts opened': '1', 'Checked out': '0', 'Conversion rate': '0%' });
          await shop.getByRole('button', { name: 'Check out' }).click();
          await shop.getByRole('heading', { name: 'Order placed' }).waitFor();
        });
        await showsFigures(page, {
          'Checked out': '1',
          'Conversion rate': '100%',
          'Units per order': '1',
          'Value per order': '€14.90',
          Revenue: '€14.90',
        });

        await visit('shop', async (shop) => addToCart(shop, 'Lamp', 'guest'));
        await showsFigures(page, { 'Carts opened': '2', Abandoned: '1', 'Conversion rate': '50%' });
        const picture = page.getByRole('img', { name: '2 carts opened' });
        assert.match((await picture.textContent()) ?? '', /Checked out: 1 \(50%\)\. Abandoned: 1 \(50%\)/);

        const products = page.getByRole('region', { name: /^Products/ });
        await products
          .getByRole('row')
          .nth(1)
          .filter({ hasText: /^Bell1.*€14\.90$/ })
          .waitFor();
        await products.getByRole('link', { name: 'Added' }).click();
        await products
          .getByRole('columnheader', { name: 'Added', exact: false })
          .and(page.locator('[aria-sort=descending]'))
          .waitFor();
        await assertAccessibleInBothThemes(page, 'Insights');

        const { status } = await api.call('PATCH', '/products/bell', { body: { price: 1990 } });
        assert.equal(status, 200);
        await products.getByRole('link', { name: 'Bell' }).click();
        await page.getByRole('heading', { name: '€14.90 → €19.90' }).waitFor();
        await page.getByText('It is too early for an effect').waitFor();
        await showsFigures(page, { 'Checked out': '1', Before: '—', After: '—', Change: '—' });
        await assertAccessibleInBothThemes(page, 'figures of a product');

        assert.equal(await page.evaluate('globalThis.isSamePage'), true);
      };
      await visit('insights', check, { isOperator: true });
    };
    await withConsole(scenario, { GUEST_CART_TTL_SECONDS: '5' });
  },
);

test(
  'the range and the sorting are in the address; products are listed page by page and can be downloaded',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      const cartId = await api.openCart();
      const others = Array.from({ length: 20 }, (_, index) => `other-${index}`);
      for (const id of others) await api.putProduct(id);
      await api.fill(cartId, { bell: 2, lamp: 1, ...Object.fromEntries(others.map((id) => [id, 1])) });
      const today = new Date().toISOString().slice(0, 'YYYY-MM-DD'.length);
      const check = async (page: Page) => {
        await showsFigures(page, { 'Carts opened': '1' });
        assert.equal(await page.getByRole('link', { name: '7 days' }).getAttribute('aria-current'), 'true');
        const sorted = page.locator('th[aria-sort=descending]');
        assert.equal(await sorted.textContent(), 'Added');

        const rows = page.getByRole('region', { name: /^Products/ }).locator('tbody tr');
        const more = page.getByRole('button', { name: 'Show more products' });
        await more.waitFor();
        assert.equal(await rows.count(), 20);
        await more.click();
        await rows.nth(21).waitFor();
        assert.deepEqual([await rows.count(), await more.count()], [22, 0]);

        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: 'Download as CSV: products' }).click(),
        ]);
        assert.match(download.suggestedFilename(), new RegExp(`^products-.*-${today}\\.csv$`));
        assert.match(await readFile(await download.path(), 'utf8'), /^productId,name,.*\r\nbell,Bell,0,2,/);

        await page.getByLabel('From (UTC)').fill('2026-01-01');
        await page.getByLabel('To (UTC)').fill('2026-01-31');
        await page.getByRole('button', { name: 'Show', exact: true }).click();
        await page.getByText('There are no figures in these days.').waitFor();
        assert.match(page.url(), /#\/insights\?from=2026-01-01&to=2026-01-31&sort=unitsAdded$/);
        await page.goBack();
        await showsFigures(page, { 'Carts opened': '1' });

        const days = page.getByRole('slider', { name: 'Carts by day, values of a day' });
        const chart = page.getByRole('figure').filter({ has: days });
        await days.focus();
        await chart.getByText(/ · Checked out: 0 · Abandoned: 0 · Opened: 1$/).waitFor();
        await page.keyboard.press('ArrowLeft');
        await chart.getByText(/ · Opened: 0$/).waitFor();
        assert.match((await days.getAttribute('aria-valuetext')) ?? '', / · Opened: 0$/);
        await page.keyboard.press('Tab');
        await chart.getByText(/ · Opened: /).waitFor({ state: 'detached' });
        await page.getByLabel('From (UTC)').fill(today);
        await page.getByLabel('To (UTC)').fill(today);
        await page.getByRole('button', { name: 'Show', exact: true }).click();
        await chart.getByText(/ · Opened: 1$/).waitFor();
        assert.equal(await chart.locator('.bar').count(), 3);
      };
      await visit('insights?days=7&sort=unitsAdded', check, { isOperator: true });
    });
  },
);

test(
  'figures are fetched at most once in two seconds, and not while the page is hidden',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      const openCarts = async (count: number) => {
        for (let cart = 0; cart < count; cart++) {
          await api.fill(await api.openCart(), { bell: 1 });
          await setTimeout(300);
        }
      };
      const check = async (page: Page) => {
        await page.getByText('There are no figures in these days.').waitFor();
        const readTimes = await recordReads(page, '/analytics/funnel');
        await openCarts(12);
        await showsFigures(page, { 'Carts opened': '12' });
        const times = await readTimes();
        const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
        assert.ok(times.length > 1 && Math.min(...pauses) > 1_900, `pauses of ${pauses.join(', ')} ms`);

        await setVisibility(page, 'hidden');
        await setTimeout(100);
        const { length: count } = await readTimes();
        await openCarts(1);
        await setTimeout(2_500);
        assert.equal((await readTimes()).length, count);
        await setVisibility(page, 'visible');
        await showsFigures(page, { 'Carts opened': '13' });
      };
      await visit('insights', check, { isOperator: true });
    });
  },
);

test('Insights says what it requires: Analytics, a token, and its scope', inBrowser, async () => {
  await withConsole(async ({ gateway, visit }) => {
    await visit('insights', async (page) => {
      await page.getByText('Reading the figures requires an operator token.').waitFor();
      await page.goto(
        `${gateway}/#operator=${await mintToken({ subject: 'operator', scopes: ['operator'] })}`,
      );
      await page.goto(`${gateway}/#/insights`);
      await page.getByRole('alert').filter({ hasText: 'analytics:read' }).waitFor();
    });
  });
  const withoutAnalytics = { SERVICES: 'product,cart' };
  await withConsole(async ({ visit }) => {
    const check = async (page: Page) => {
      await page.getByText('Analytics does not run in this system.').waitFor();
      assert.equal(await page.getByRole('link', { name: 'Insights' }).count(), 0);
    };
    await visit('insights', check, { isOperator: true });
  }, withoutAnalytics);
});
