import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { until } from '../support/until.ts';
import { assertAccessible, withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const treeOf = (page: Page) => page.getByRole('list', { name: 'What happened' });
const nodeOf = (page: Page, id: string) => page.locator(`[data-node="${id}"]`);
const generate = (page: Page) => page.getByRole('button', { name: 'Generate an event' }).click();

/** Resolves once a part has a class, such as `paused`. */
const untilIs = (page: Page, id: string, condition: string) =>
  page.locator(`[data-node="${id}"].${condition}`).waitFor();

test('from the first page to an understood trace in two clicks', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    await visit('', async (page) => {
      await page.getByRole('link', { name: /^Flow/ }).click();
      await generate(page);
      for (const row of [/^POST \/carts\/guest-…\/items/, /^ProductAddedToCart/, /^Product applied it/])
        await treeOf(page).getByRole('listitem').filter({ hasText: row }).first().waitFor();
      assert.match(await page.getByRole('status').filter({ hasText: 'A guest' }).innerText(), /one Bell/);
    });
    await visit('', async (page) => {
      await page.getByRole('button', { name: 'Add to cart: Bell' }).click();
      await page.getByRole('link', { name: 'Follow it' }).click();
      for (const row of [/^ProductAddedToCart/, /^Product applied it/])
        await treeOf(page).getByRole('listitem').filter({ hasText: row }).first().waitFor();
    });
  });
});

test('a generated event takes a product with stock, and its unit returns', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    await api.putProduct('bell', { name: 'Bell', price: 1490, inventory: 0 });
    await api.call('POST', '/products/bell/stock', { body: { onHand: 0 } });
    await visit('flow', async (page) => {
      await generate(page);
      await page.getByText('A guest added one Lamp to a cart').waitFor();
      await until(
        async () => (await api.product('lamp')).body.inventory,
        (inventory) => inventory === 2,
      );
      await until(
        async () => (await api.product('lamp')).body.inventory,
        (inventory) => inventory === 3,
      );
      await api.call('POST', '/products/lamp/stock', { body: { onHand: 0 } });
      await generate(page);
      await page.getByRole('alert').filter({ hasText: 'No product is available' }).waitFor();
    });
  });
});

test(
  'M13: a paused consumer, a stopped relay and a killed service are cut off in the picture',
  inBrowser,
  async () => {
    await withConsole(async ({ api, operator, visit, kill, untilReady }) => {
      const switchFault = (fault: string, service: string, isOn: boolean) =>
        api.call('POST', '/console/faults', { body: { fault, service, isOn }, token: operator });
      await visit('flow', async (page) => {
        const cut = page.getByRole('link', { name: /, interrupted$/ });
        await untilIs(page, 'queue/cart-product-updates-queue', 'fine');
        assert.equal(await cut.count(), 0);
        await switchFault('consumerPaused', 'cart', true);
        await untilIs(page, 'queue/cart-product-updates-queue', 'paused');
        await cut
          .and(page.getByRole('link', { name: 'Events consumed: cart-product-updates-queue to cart' }))
          .waitFor();
        await switchFault('relayStopped', 'product', true);
        await untilIs(page, 'relay/product', 'paused');
        assert.equal(await cut.count(), 2);
        await nodeOf(page, 'relay/product').getByRole('link').click();
        await page.getByText('A fault stops this part').waitFor();
        await assertAccessible(page, 'a paused relay');
        await switchFault('consumerPaused', 'cart', false);
        await switchFault('relayStopped', 'product', false);
        await untilIs(page, 'queue/cart-product-updates-queue', 'fine');
        await kill('product');
        await untilIs(page, 'service/product', 'down');
        await page.getByRole('link', { name: 'Requests: gateway to product, interrupted' }).waitFor();
        await untilReady();
        await untilIs(page, 'service/product', 'fine');
        await cut.first().waitFor({ state: 'detached' });
      });
    });
  },
);

for (const width of [320, 390, 768, 1024, 1280, 1920]) {
  test(
    `M14: the whole picture is visible at ${width} px, and an event visibly happens`,
    inBrowser,
    async () => {
      await withConsole(async ({ visit }) => {
        const check = async (page: Page) => {
          await nodeOf(page, 'service/cart').waitFor();
          const boxes = await boxesOf(page.locator('[data-node] .shape'));
          assert.ok(boxes.length > 20);
          for (const { x, width: own } of boxes) assert.ok(x >= 0 && x + own <= width, `${x} + ${own}`);
          for (const { height } of await boxesOf(page.locator('.node .title')))
            assert.ok(height >= 10, `a title of ${height} px`);
          await assertAccessible(page, `Flow at ${width} px`);
          await generate(page);
          await page.locator('.event-dot').first().waitFor({ state: 'attached' });
          const trace = page.getByRole('heading', { name: 'Trace', exact: true });
          await trace.waitFor();
          await until(
            async () => (await trace.boundingBox())?.y ?? -1,
            (y) => y >= 0 && y < 844,
          );
        };
        await visit('flow', check, { viewport: { width, height: 844 } });
      });
    },
  );
}

for (const width of [390, 1440]) {
  test(
    `N3: the numbers of arrows do not hide each other at ${width} px with reduced motion`,
    inBrowser,
    async () => {
      await withConsole(async ({ visit }) => {
        const check = async (page: Page) => {
          await generate(page);
          const numbers = page.locator('.picture .count').filter({ hasText: /\d/ });
          await numbers.nth(9).waitFor();
          const boxes = await boxesOf(numbers);
          for (const [index, a] of boxes.entries())
            for (const b of boxes.slice(index + 1))
              assert.ok(
                a.x + a.width <= b.x ||
                  b.x + b.width <= a.x ||
                  a.y + a.height <= b.y ||
                  b.y + b.height <= a.y,
                `${JSON.stringify(a)}, ${JSON.stringify(b)}`,
              );
          assert.equal(await page.locator('.event-dot').count(), 0);
        };
        await visit('flow', check, { viewport: { width, height: 900 }, reducedMotion: 'reduce' });
      });
    },
  );
}

test('N2: steps from before the page was opened are not counted as passed since', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    for (let price = 1; price <= 20; price++) await api.call('PATCH', '/products/bell', { body: { price } });
    await visit('flow', async (page) => {
      // The first page of this tab: the code of Flow is there before the steps that are replayed.
      await page.reload();
      await page.getByText('Show as tables').click();
      const counts = async () => {
        const cells = await page.getByRole('region', { name: 'Arrows' }).getByRole('cell').allInnerTexts();
        return cells.map(Number);
      };
      const count = (arrow: string) =>
        page
          .getByRole('region', { name: 'Arrows' })
          .getByRole('row')
          .filter({ hasText: arrow })
          .getByRole('cell');
      // The numbers of a state that was sent after the steps of before.
      await nodeOf(page, 'service/product').getByText('req/s').waitFor();
      assert.deepEqual([...new Set(await counts())], [0]);
      // One event that two services consume.
      await api.putProduct('mug', { name: 'Mug', price: 900 });
      const expected = {
        'Changes: products to product relay': 1,
        'Events consumed: cart-product-updates-queue to cart': 1,
        'Events consumed: analytics-events-queue to analytics': 1,
        'Events consumed: product-cart-events-queue to product': 0,
      };
      for (const [arrow, passed] of Object.entries(expected))
        await count(arrow)
          .filter({ hasText: new RegExp(`^${passed}$`) })
          .waitFor();
    });
  });
});

test('the keyboard alone: past the picture, into a part, and back by Escape', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    await visit('flow', async (page) => {
      const press = (key: string) => page.keyboard.press(key);
      const untilFocused = (target: Locator) => target.and(page.locator(':focus')).waitFor();
      const skip = page.getByRole('link', { name: 'Skip the picture' });
      await page.getByRole('button', { name: 'Legend of the picture' }).focus();
      await press('Enter');
      await page.getByText('queue: stores messages until they are applied').waitFor();
      await press('Escape');
      await untilFocused(page.getByRole('button', { name: 'Legend of the picture' }));
      await press('Tab');
      await untilFocused(skip);
      await press('Tab');
      await press('Tab');
      const opened = page.locator(':focus');
      const name = (await opened.getAttribute('aria-label')) ?? '';
      await press('Enter');
      await untilFocused(page.getByRole('heading', { name, exact: true }));
      await press('Escape');
      await untilFocused(page.getByRole('link', { name, exact: true }));
      await skip.focus();
      await press('Enter');
      await untilFocused(page.getByRole('region', { name: 'Details' }));
      await press('Tab');
      await untilFocused(page.getByRole('link', { name: 'Events', exact: true }));
    });
  });
});

/** Bounding boxes of all elements of a locator. */
function boxesOf(elements: Locator) {
  return elements.evaluateAll((all) =>
    all.map((element) => {
      const { x, y, width, height } = (
        element as unknown as { getBoundingClientRect(): DOMRect }
      ).getBoundingClientRect();
      return { x, y, width, height };
    }),
  );
}

interface DOMRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
